import type { Duration } from '../../../../src/engine/saga.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'

/** Logs that the lag is unknown: at debug at first, once at warn where it lasts, and its end then. */
export class LagReport {
  readonly #channel: string
  readonly #lasting: Duration
  readonly #runtime: Runtime
  /** Monotonic instant. */
  #unknownSince: number | undefined
  #hasWarned = false

  constructor(channel: string, lasting: Duration, runtime: Runtime) {
    this.#channel = channel
    this.#lasting = lasting
    this.#runtime = runtime
  }

  unknown(why: string): void {
    const now = this.#runtime.monotonic()
    this.#unknownSince ??= now
    const isWarned = !this.#hasWarned && now - this.#unknownSince > this.#lasting
    this.#runtime.log.write('kafka.lag-unknown', { channel: this.#channel, why }, isWarned ? undefined : 'debug')
    this.#hasWarned ||= isWarned
  }

  known(): void {
    if (this.#hasWarned) this.#runtime.log.write('kafka.lag-known', { channel: this.#channel })
    this.#unknownSince = undefined
    this.#hasWarned = false
  }
}
