import type { InexactNumbers } from '../engine/saga.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Log } from '../ports/runtime.ts'

/** What a number means that a double cannot hold as it was written: it comes in as what it became, as in the reference, or not at all. */
export type InexactNumbersPolicy = 'accept' | 'refuse'

export interface NumberGuardOptions {
  readonly policy: InexactNumbersPolicy
  readonly metrics: Pick<Metrics, 'count'>
  readonly log: Pick<Log, 'warn'>
}

/** Labels are anybody's to choose: so many are told of. */
const MOST_TOLD = 1_000

/** What the doors do with numbers that became others: each message is counted, and the first of its label told. */
export class NumberGuard {
  readonly #options: NumberGuardOptions
  readonly #told = new Set<string>()

  constructor(options: NumberGuardOptions) {
    this.#options = options
  }

  /** Why a message may not come in; `undefined` where it may. */
  refusal(label: string, inexact: InexactNumbers | undefined, origin?: string): string | undefined {
    if (inexact === undefined) return undefined
    const { policy, metrics } = this.#options
    metrics.count('inexact-number')
    if (policy === 'refuse') return whyInexact(inexact)
    this.#tell(label, inexact, origin)
    return undefined
  }

  #tell(label: string, { path, literal, becomes, count }: InexactNumbers, origin: string | undefined): void {
    if (this.#told.has(label) || this.#told.size >= MOST_TOLD) return
    this.#told.add(label)
    const fields = { label, path, written: literal, kept: becomes, count, ...(origin !== undefined && { origin }) }
    this.#options.log.warn(
      'a number was changed, as a double cannot hold it; later ones of this label are counted',
      fields,
    )
  }
}

function whyInexact({ path, literal, becomes }: InexactNumbers): string {
  return `${path} is ${literal}, which would become ${becomes}; expected a number that a double holds, or a text`
}
