import { DEFAULTS } from '../../../src/defaults.ts'
import type { BatutaError } from '../../../src/errors.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Batcher } from './batcher.ts'
import type { Received } from './driver.ts'
import { failure, isOfOneMessage } from './failure.ts'
import { bareLetter, keyedLetter, leastLetter, wholeLetter } from './letter.ts'
import type { Complaint, Letter } from './letter.ts'
import type { Shelf } from './record.ts'

/** What becomes of a record that was to be kept here. */
export type Kept = 'kept' | 'unwanted' | { readonly why: string; readonly isRefused: boolean }

/** How often it is tried before others of its broker need no longer wait for it. */
const TRIES = 4

/** Where records go that no saga can take, so that somebody looks at them. */
export class DeadLetters {
  readonly #topic: string
  readonly #batcher: Pick<Batcher, 'put'>
  readonly #runtime: Runtime
  /** An outage is told once, not at each try of each record. */
  #isAway = false

  constructor(topic: string, batcher: Pick<Batcher, 'put'>, runtime: Runtime) {
    this.#topic = topic
    this.#batcher = batcher
    this.#runtime = runtime
  }

  /**
   * Key, value and headers as they came, with headers that say why. Where the topic does not take that, less of it, down to where
   * the record stands. Never throws; answers why it is not kept.
   */
  async put(shelf: Shelf, record: Received, reason: string, why: string, isWanted: () => boolean): Promise<Kept> {
    let form: Form = { write: wholeLetter, why }
    for (let tries = 0; isWanted();) {
      try {
        const { message, changed } = form.write(shelf, record, { reason, why: form.why })
        await this.#batcher.put([this.#topic], message, DEFAULTS.answer)
        this.#isBack()
        if (changed !== undefined) this.#tell(shelf, record, changed)
        return 'kept'
      } catch (thrown) {
        const failed = failure('put a dead letter', thrown)
        const isRefused = isOfOneMessage(failed)
        const less = isRefused ? lessThan(form, failed, record, why) : undefined
        if (less !== undefined) form = less
        else if (isRefused || ++tries === TRIES)
          return { why: `it was not put into "${this.#topic}": ${failed.message}`, isRefused }
        else await this.#again(tries, failed.message)
      }
    }
    return 'unwanted'
  }

  #tell({ topic, partition }: Shelf, { offset }: Received, changed: string): void {
    const fields = { topic, partition, offset, changed }
    this.#runtime.log.warn('a dead letter does not have all of its record', fields)
  }

  #isBack(): void {
    if (this.#isAway) this.#runtime.log.info('the dead-letter topic takes records again', { topic: this.#topic })
    this.#isAway = false
  }

  #again(tries: number, why: string): Promise<void> {
    const level = this.#isAway ? 'debug' : 'warn'
    this.#isAway = true
    this.#runtime.log[level]('a record was not put into the dead-letter topic; it is tried again', {
      topic: this.#topic,
      why,
    })
    return new Promise((resolve) => this.#runtime.after(DEFAULTS.retryFirst * 2 ** tries, resolve))
  }
}

/** How much of a record a letter has, and what it says of the reason. */
interface Form {
  readonly write: (shelf: Shelf, record: Received, complaint: Complaint) => Letter
  readonly why: string
}

/** The next form to offer when the topic has refused this one for what it is: the way out must not fail for what stands in the record. */
function lessThan({ write }: Form, { code }: BatutaError, { key }: Received, why: string): Form | undefined {
  if (write === leastLetter) return undefined
  if (write === wholeLetter && code === 'message-refused' && key === null) return { write: keyedLetter, why }
  const isTooLarge = code === 'message-too-large'
  const more = isTooLarge ? 'its value is too large to be copied' : 'the topic does not take its value'
  return { write: write === bareLetter ? leastLetter : bareLetter, why: `${why}; ${more}` }
}
