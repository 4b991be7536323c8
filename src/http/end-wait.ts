import type { Context } from 'hono'
import { DEFAULTS } from '../defaults.ts'
import type { Duration, SagaId } from '../engine/saga.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Runtime } from '../ports/runtime.ts'
import { onlyParameter } from './query-parameters.ts'

/** How long a request waits for the end of its saga. */
export interface WaitWish {
  /** Milliseconds; at most `DEFAULTS.longestWait`. */
  readonly within: Duration
  /** The header `Prefer` asked for it: the answer names the preference that was applied (RFC 7240). */
  readonly isPreferred: boolean
}

const LONGEST = DEFAULTS.longestWait / 1_000

/** The message of a 400 for a malformed `wait` in the query. */
export const BAD_WAIT: string = `wait must be a whole number of seconds from 0 to ${LONGEST}, given once`

/**
 * The wish of a request: `undefined` without one, `false` where the query's `wait` is malformed. A malformed preference is ignored, and
 * a longer one is shortened (RFC 7240 §2); the query wins over the header.
 */
export function waitWish(c: Context): WaitWish | false | undefined {
  const text = onlyParameter(c, 'wait')
  if (text === false) return false
  if (text !== undefined)
    return isSeconds(text) && Number(text) <= LONGEST && { within: milliseconds(text), isPreferred: false }
  const preferred = preferredWait(c.req.header('prefer') ?? '')
  return preferred === undefined ? undefined : { within: milliseconds(preferred), isPreferred: true }
}

function isSeconds(text: string): boolean {
  return /^\d{1,9}$/.test(text)
}

function milliseconds(seconds: string): Duration {
  return Math.min(DEFAULTS.longestWait, Number(seconds) * 1_000)
}

/** The value of the first `wait` in a `Prefer` header: `respond-async, wait=10; x=y` (RFC 7240 §4.3). */
function preferredWait(header: string): string | undefined {
  for (const preference of header.split(',')) {
    const [token = '', value = ''] = (preference.split(';', 1)[0] ?? '').split('=')
    if (token.trim().toLowerCase() !== 'wait') continue
    const seconds = value.trim().replace(/^"(\d{1,9})"$/, '$1')
    return isSeconds(seconds) ? seconds : undefined
  }
  return undefined
}

/** Options of `WaitingRequests`. */
export interface WaitingOptions {
  readonly corridor: Pick<Corridor, 'awaitEnd'>
  readonly metrics: Pick<Metrics, 'waiting'>
  readonly runtime: Pick<Runtime, 'monotonic'>
  /** Requests that wait at once. Default: `DEFAULTS.waitingRequests`. */
  readonly most?: number | undefined
}

/** The requests of a process that wait; each is an open connection, so their number is bounded. */
export class WaitingRequests {
  readonly #options: WaitingOptions
  /** Latest ends of the requests that wait (monotonic). */
  readonly #waits = new Set<{ readonly until: number }>()

  constructor(options: WaitingOptions) {
    this.#options = options
  }

  /** Waits for the end of the saga; a client that goes away ends its wait. False where too many requests wait already. */
  async wait(c: Context, id: SagaId, { within, isPreferred }: WaitWish): Promise<boolean> {
    if (within > 0) {
      const { corridor, runtime, most = DEFAULTS.waitingRequests } = this.#options
      if (this.#waits.size >= most) this.#dropLost()
      if (this.#waits.size >= most) return false
      const wait = { until: runtime.monotonic() + within }
      this.#waits.add(wait)
      this.#report()
      try {
        await corridor.awaitEnd({ id, within }, c.req.raw.signal)
      } finally {
        this.#waits.delete(wait)
        this.#report()
      }
    }
    if (isPreferred) c.header('Preference-Applied', `wait=${within / 1_000}`)
    return true
  }

  /** An edge host may end the request of a client that went away without a word: such a wait would hold its place for ever. */
  #dropLost(): void {
    const lost = this.#options.runtime.monotonic() - DEFAULTS.remoteWait
    for (const wait of this.#waits) if (wait.until < lost) this.#waits.delete(wait)
  }

  #report(): void {
    this.#options.metrics.waiting(this.#waits.size)
  }
}
