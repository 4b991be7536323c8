import { DEFAULTS } from '../../../../src/defaults.ts'
import type { BatutaError } from '../../../../src/errors.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { KafkaRecord } from '../driver.ts'
import { failureOf, isOfOneMessage } from '../failure.ts'
import { sleep } from '../timing.ts'
import type { Batcher } from '../producer/batcher.ts'
import { copyWithKey, fullCopy, keyOnlyCopy, positionOnly } from './dead-letter-record.ts'
import type { DeadLetterReason, DeadLetterRecord, UndeliverableRecord } from './dead-letter-record.ts'

/**
 * `unwanted`: the partition was given up meanwhile. `isRefused`: the topic does not take the record in any form; false: the topic cannot
 * be written now.
 */
export type DeadLetterOutcome = 'written' | 'unwanted' | { readonly why: string; readonly isRefused: boolean }

/** Tries before the partition is put aside, so that other partitions of its broker go on. */
const TRIES = 4

/** Writes records that no saga can take to the dead-letter topic. */
export class DeadLetters {
  readonly #topic: string
  readonly #batcher: Pick<Batcher, 'put'>
  readonly #runtime: Runtime
  /** True during an outage: it is logged once, not for each try of each record. */
  #isAway = false

  constructor(topic: string, batcher: Pick<Batcher, 'put'>, runtime: Runtime) {
    this.#topic = topic
    this.#batcher = batcher
    this.#runtime = runtime
  }

  /**
   * Writes key, value and headers of the record, with headers that hold reason and position. Where the topic refuses that, it writes
   * less, down to the position alone. Never throws.
   */
  async put(record: UndeliverableRecord, isWanted: () => boolean): Promise<DeadLetterOutcome> {
    let form: CopyForm = { copy: fullCopy, why: record.why }
    for (let tries = 0; isWanted();) {
      try {
        const { message, changed } = form.copy({ ...record, why: form.why })
        await this.#batcher.put([this.#topic], message, DEFAULTS.answer)
        this.#reportBack()
        if (changed !== undefined) this.#reportChange(record, changed)
        return 'written'
      } catch (thrown) {
        const failed = failureOf('put a dead letter', thrown)
        const isRefused = isOfOneMessage(failed)
        const smaller = isRefused ? smallerForm(form, failed, record) : undefined
        if (smaller !== undefined) form = smaller
        else if (isRefused || ++tries === TRIES)
          return { why: `it was not put into "${this.#topic}": ${failed.message}`, isRefused }
        else await this.#waitAfter(tries, failed.message)
      }
    }
    return 'unwanted'
  }

  #reportChange({ partition: at, record: { offset } }: UndeliverableRecord, changed: string): void {
    const { topic, partition } = at
    this.#runtime.log.write('kafka.dead-letter-changed', { topic, partition, offset, changed })
  }

  #reportBack(): void {
    if (this.#isAway) this.#runtime.log.write('kafka.dead-letter-resumed', { topic: this.#topic })
    this.#isAway = false
  }

  #waitAfter(tries: number, why: string): Promise<void> {
    const level = this.#isAway ? 'debug' : undefined
    this.#isAway = true
    this.#runtime.log.write('kafka.dead-letter-failed', { topic: this.#topic, why }, level)
    return sleep(this.#runtime, DEFAULTS.retryFirst * 2 ** tries)
  }
}

/** How much of its record a dead letter copies, and its text of the reason. */
interface CopyForm {
  readonly copy: (record: UndeliverableRecord) => DeadLetterRecord
  readonly why: string
}

/** The next smaller form, after the topic has refused this one; `undefined` after the smallest. */
function smallerForm(
  { copy }: CopyForm,
  { code }: BatutaError,
  { record, why }: { readonly record: KafkaRecord } & DeadLetterReason,
): CopyForm | undefined {
  if (copy === positionOnly) return undefined
  if (copy === fullCopy && code === 'message-refused' && record.key === null) return { copy: copyWithKey, why }
  const isTooLarge = code === 'message-too-large'
  const more = isTooLarge ? 'its value is too large to be copied' : 'the topic does not take its value'
  return { copy: copy === keyOnlyCopy ? positionOnly : keyOnlyCopy, why: `${why}; ${more}` }
}
