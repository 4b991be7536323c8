import { setTimeout as sleep } from 'node:timers/promises'
import type { Instant } from '../../src/engine/saga.ts'
import type { PlayParticipants } from './play-participants.ts'
import type { PlayClock } from './play-clock.ts'

/** Answers of one push; a play without an end would go on for ever. */
const MOST_ANSWERS = 250
/** Instants at which one push stops. */
const MOST_STOPS = 1_000
/** Milliseconds in which the command of a step reaches its participant, so that its answer is planned. */
const HAND_OVER = 10

/** The parts that a push of the clock moves. */
export interface PushedParts {
  readonly clock: PlayClock
  readonly participants: Pick<PlayParticipants, 'nextDue' | 'deliver' | 'rearm'>
  /** The first instant after `now`, and not after `until`, at which the store has something due. */
  readonly nextDue: (place: { readonly now: Instant; readonly until: Instant }) => Promise<Instant | undefined>
  /** One whole look of recovery: it sends what is due, and fires the timers that are. */
  readonly look: () => Promise<void>
}

/**
 * Pushes the clock forward to an instant, and stops on the way wherever something is due: deadlines and retries come first, then
 * answers of participants. So a chain of timeouts ends as it would in real time. Resolves when everything that was due has been done.
 */
export async function pushClock(parts: PushedParts, target: Instant): Promise<void> {
  const { clock, participants, look } = parts
  let answers = 0
  for (let stops = 0; stops < MOST_STOPS && answers < MOST_ANSWERS; stops++) {
    const answer = participants.nextDue(target)
    const at = Math.min(answer?.due ?? Infinity, (await parts.nextDue({ now: clock.now(), until: target })) ?? Infinity)
    if (at === Infinity) break
    if (at > clock.now()) {
      clock.forward(at - clock.now())
      await look()
    }
    if (answer !== undefined && answer.due <= clock.now()) {
      answers++
      await participants.deliver(answer)
    }
    await sleep(HAND_OVER)
  }
  clock.forward(Math.max(0, target - clock.now()))
  await look()
  participants.rearm()
}
