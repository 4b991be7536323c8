import { DEFAULTS } from '../../../src/defaults.ts'
import type { Duration } from '../../../src/engine/saga.ts'
import { BatutaError, messageOf } from '../../../src/errors.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Batcher } from './batcher.ts'
import type { Bytes, Received } from './driver.ts'
import type { Shelf } from './record.ts'

/** Longest wait before a dead letter is tried again: its partition waits for it. */
const LONGEST: Duration = 5_000

/** Where records go that no saga can take, so that somebody looks at them. */
export class DeadLetters {
  readonly #topic: string
  readonly #batcher: Batcher
  readonly #runtime: Runtime

  constructor(topic: string, batcher: Batcher, runtime: Runtime) {
    this.#topic = topic
    this.#batcher = batcher
    this.#runtime = runtime
  }

  /** Key, value and headers as they came, with headers that say why. `false` where it was not wanted any more. */
  async put(shelf: Shelf, record: Received, reason: string, why: string, isWanted: () => boolean): Promise<boolean> {
    const headers = { ...present(record), ...reasons(shelf, record, reason, why) }
    let message = { key: record.key, value: record.value, headers }
    for (let wait: Duration = DEFAULTS.retryFirst; isWanted(); wait = Math.min(2 * wait, LONGEST)) {
      try {
        await this.#batcher.put([this.#topic], message, DEFAULTS.answer)
        return true
      } catch (thrown) {
        const isTooLarge = thrown instanceof BatutaError && thrown.code === 'message-too-large'
        if (isTooLarge && (message.value ?? message.key) !== null) {
          // Without its value, then without its key: what is left says where the record stands.
          message = {
            key: message.value === null ? null : message.key,
            value: null,
            headers: reasons(shelf, record, reason, `${why}; its value is too large to be copied`),
          }
          continue
        }
        this.#runtime.log.warn('a record was not put into the dead-letter topic; it is tried again', {
          topic: this.#topic,
          why: messageOf(thrown),
        })
        await new Promise<void>((resolve) => this.#runtime.after(wait, resolve))
      }
    }
    return false
  }
}

function reasons({ topic, partition }: Shelf, { offset, timestamp }: Received, reason: string, why: string) {
  return {
    'dead-letter-reason': reason,
    'dead-letter-why': why,
    'dead-letter-topic': topic,
    'dead-letter-partition': String(partition),
    'dead-letter-offset': offset,
    'dead-letter-timestamp': timestamp,
  }
}

function present({ headers }: Received): Record<string, Bytes | Bytes[]> {
  const entries = Object.entries(headers).filter((entry): entry is [string, Bytes | Bytes[]] => entry[1] !== undefined)
  return Object.fromEntries(entries)
}
