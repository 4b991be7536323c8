import type { Dice, Odds } from '../run-chance.ts'
import type { SimulatedFault } from '../simulated-faults.ts'

/** Rates of a kind of fault that happens in a run: at each place where it can. */
const RATES = [0.01, 0.03, 0.1, 0.3]
/** Faults that end processes, for which a run has few places but long consequences. */
const MOST_FAULTS = 12
/** Part of the sagas that begin later than they are created. */
export const LATER = 0.1

/** Some kinds of faults, each with a rate of its own. */
export function oddsOf(dice: Dice, kinds: readonly SimulatedFault[]): Odds {
  const odds = new Map<SimulatedFault, number>()
  for (let left = dice.upTo(MOST_FAULTS); left > 0; left--) odds.set(dice.among(kinds), dice.among(RATES))
  return odds
}
