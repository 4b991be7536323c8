import type { Debt } from '../../engine/saga.ts'
import type { Capacity } from './channel-capacity.ts'
import type { Lane } from './lane.ts'

/** The debts of one saga, as a claim treats them. */
export interface ClaimChoice {
  /** To be claimed. */
  readonly due: readonly Debt[]
  /** Due, but their channels have no capacity. */
  readonly passed: readonly Debt[]
  /**
   * The passed debts hide others: a store finds a saga by its earliest debt, so a debt of a channel with capacity would not be
   * found before them.
   */
  readonly isHiding: boolean
}

/** The rules by which a claim chooses commands of an outbox. */
export interface ClaimRules {
  readonly capacity: Pick<Capacity, 'has' | 'take'>
  readonly laneOf: (debt: Debt) => Lane
  /** True if this process may send the debt now. */
  readonly isFree: (debt: Debt) => boolean
  /** True if the debt is queued or being sent here: it has its place already. */
  readonly isInFlight: (debt: Debt) => boolean
}

/** Chooses the debts to claim, and takes the capacity for them. A first attempt without capacity holds back later ones (P13). */
export function chooseClaims(owed: readonly Debt[], { capacity, laneOf, isFree, isInFlight }: ClaimRules): ClaimChoice {
  const [due, passed, others]: [Debt[], Debt[], Debt[]] = [[], [], []]
  let isBehind = false
  for (const debt of owed) {
    const isFirst = debt.tried !== true
    if (isFirst && isBehind) continue
    const hasPlace = isInFlight(debt)
    if (!isFree(debt)) others.push(debt)
    else if (hasPlace || capacity.has(laneOf(debt))) {
      if (!hasPlace) capacity.take(laneOf(debt))
      due.push(debt)
    } else {
      passed.push(debt)
      isBehind ||= isFirst
    }
  }
  const isHidden = ({ channel }: Debt) => passed.every((one) => one.channel !== channel)
  return { due, passed, isHiding: passed.length > 0 && [...due, ...others].some(isHidden) }
}
