import type { Instant } from '../../src/engine/saga.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { nextDue, nextTimer } from './next-timer.ts'
import type { NextTimer } from './next-timer.ts'
import type { PlayClock } from './play-clock.ts'
import type { PlayParticipants } from './play-participants.ts'
import { pushClock } from './push-clock.ts'

/** By milliseconds, or to an instant; one in the past changes nothing. */
export type Push = { readonly forward: number } | { readonly to: Instant }

/** Options of `PlayTime`. */
export interface PlayTimeOptions {
  readonly clock: PlayClock
  readonly participants: PlayParticipants
  /** Called after each push. */
  readonly pushed: (now: Instant) => void
}

/** The time of a play: its clock, what comes next by it, and pushes, one after the other. */
export class PlayTime {
  readonly clock: PlayClock
  readonly #options: PlayTimeOptions
  #store: Persistency | undefined
  #look = async (): Promise<void> => undefined
  #last = Promise.resolve()

  constructor(options: PlayTimeOptions) {
    this.clock = options.clock
    this.#options = options
  }

  /** The store was opened. */
  readonly opened = (store: Persistency): void => void (this.#store = store)

  /** The service runs: `look` is one whole look of recovery. */
  readonly roused = (look: () => Promise<void>): void => void (this.#look = look)

  /** The first deadline of all sagas. */
  async nextTimer(): Promise<NextTimer | undefined> {
    return this.#store && nextTimer(this.#store, this.clock.now())
  }

  /** Resolves when everything that was due has been done; each push ends at the instant that it names. */
  push(by: Push): Promise<void> {
    const ended = this.#last.then(() => this.#push('to' in by ? by.to : this.clock.now() + by.forward))
    this.#last = ended.catch(() => undefined)
    return ended
  }

  async #push(target: Instant): Promise<void> {
    const { clock, participants, pushed } = this.#options
    const due = async (place: { readonly now: Instant; readonly until: Instant }) =>
      this.#store && nextDue(this.#store, place)
    await pushClock({ clock, participants, nextDue: due, look: this.#look }, target)
    pushed(clock.now())
  }
}
