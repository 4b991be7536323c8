import type { Answer } from '../../../examples/kafka/services/participant.ts'
import { checkReservation } from '../../../examples/kafka/services/check.ts'
import { validateReservation } from '../../../examples/kafka/services/validation.ts'

/** Sagas of one load. The last of them are not held, since each load ends when its sagas have ended. */
export const EACH = 400
const HELD = 240

/** The services' manners with some reservations, all of them for few guests. */
const MANNERS = { 1: 'early', 3: 'silent-once', 5: 'silent' } as const
type Manner = (typeof MANNERS)[keyof typeof MANNERS]

/** The manner of the services with the n-th reservation; `undefined` where they answer as in the tutorial. */
export function mannerOf(n: number): Manner | undefined {
  const manner = (MANNERS as Partial<Record<number, Manner>>)[n % 14]
  return manner === 'early' || n % EACH < HELD ? manner : undefined
}

/** Arrivals of the checks of held reservations at this process. */
const arrivals = new Map<number, number>()

/**
 * The tutorial's answers, but for manners. The public client skips a command whose handler throws: that is how a service never
 * answers one. `does` hears of every command that is handled.
 */
export function answersOf(does: (n: number, command: string) => void): Readonly<Record<string, Answer>> {
  return {
    validateReservation: (metadata) => {
      const n = Number(metadata['n'])
      const manner = mannerOf(n)
      if (manner === 'early') throw new Error(`validate ${n}: the early service does`)
      does(n, 'validateReservation')
      const answer = validateReservation(metadata)
      return manner === undefined ? answer : { ...answer, label: 'validationHeld' }
    },
    checkReservation: (metadata) => {
      const n = Number(metadata['n'])
      does(n, 'checkReservation')
      const nth = (arrivals.get(n) ?? 0) + 1
      arrivals.set(n, nth)
      if (isSilent(n, nth)) throw new Error(`check ${n}: no answer on purpose`)
      return checkReservation(metadata)
    },
  }
}

/** True if the check does not answer this arrival of its command. */
function isSilent(n: number, nth: number): boolean {
  const manner = mannerOf(n)
  return manner === 'early' || manner === 'silent' || (manner === 'silent-once' && nth === 1)
}
