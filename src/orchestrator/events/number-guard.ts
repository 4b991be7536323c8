import type { InexactNumbers } from '../../engine/saga.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Fields, Log } from '../../ports/runtime.ts'

/** Treatment of a number that a double cannot hold as it was written: taken as the nearest double, as in the reference, or refused. */
export type InexactNumbersPolicy = 'accept' | 'refuse'

/** Options of `NumberGuard`. */
export interface NumberGuardOptions {
  readonly policy: InexactNumbersPolicy
  readonly metrics: Pick<Metrics, 'count'>
  readonly log: Pick<Log, 'write'>
}

/** Labels that are remembered as logged: clients choose them, so there may be any number. */
const MOST_LABELS = 1_000

/** Applies the policy on inexact numbers to messages. Each such message is counted, and the first of its label is logged. */
export class NumberGuard {
  readonly #options: NumberGuardOptions
  readonly #logged = new Set<string>()

  constructor(options: NumberGuardOptions) {
    this.#options = options
  }

  /** `source` is for the log: the request or the record. The reason why a message is refused; `undefined` for one that is taken. */
  refusal(label: string, inexact: InexactNumbers | undefined, source: Fields = {}): string | undefined {
    if (inexact === undefined) return undefined
    const { policy, metrics } = this.#options
    metrics.count('inexact-number')
    if (policy === 'refuse') return whyInexact(inexact)
    this.#log(label, inexact, source)
    return undefined
  }

  #log(label: string, { path, literal, becomes, count }: InexactNumbers, source: Fields): void {
    if (this.#logged.has(label) || this.#logged.size >= MOST_LABELS) return
    this.#logged.add(label)
    const fields = { label, path, written: literal, kept: becomes, count, ...source }
    this.#options.log.write('event.inexact-number', fields)
  }
}

function whyInexact({ path, literal, becomes }: InexactNumbers): string {
  return `${path} is ${literal}, which would become ${becomes}; expected a number that a double holds, or a text`
}
