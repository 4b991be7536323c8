import { setTimeout as sleep } from 'node:timers/promises'
import type { Duration } from '../../src/engine/saga.ts'
import type { PlayParticipants } from './play-participants.ts'
import type { PlayClock } from './play-clock.ts'

/** Answers of one push; a play without an end would go on for ever. */
const MOST_ANSWERS = 250
/** Milliseconds in which the command of a step reaches its participant, so that its answer is planned. */
const HAND_OVER = 10

/** The parts that a push of the clock moves. */
export interface PushedParts {
  readonly clock: PlayClock
  readonly participants: Pick<PlayParticipants, 'nextDue' | 'deliver' | 'rearm'>
  /** One whole look of recovery: it sends what is due, and fires the timers that are. */
  readonly look: () => Promise<void>
}

/**
 * Pushes the clock forward. Answers of participants that are due on the way are sent at their instants, after the timeouts that end
 * before them; then the clock is where it was pushed to. Resolves when everything that was due has been done.
 */
export async function pushClock({ clock, participants, look }: PushedParts, by: Duration): Promise<void> {
  const target = clock.now() + by
  for (let answers = 0; answers < MOST_ANSWERS; answers++) {
    const next = participants.nextDue(target)
    if (next === undefined) break
    const wait = Math.max(0, next.due - clock.now())
    if (wait > 0) {
      clock.forward(wait)
      await look()
    }
    await participants.deliver(next)
    await sleep(HAND_OVER)
  }
  clock.forward(Math.max(0, target - clock.now()))
  await look()
  participants.rearm()
}
