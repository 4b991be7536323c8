import { DEFAULTS } from '../../../src/defaults.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Batcher } from './batcher.ts'
import type { Bytes, Message, Received } from './driver.ts'
import { failure } from './failure.ts'
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

  constructor(topic: string, batcher: Pick<Batcher, 'put'>, runtime: Runtime) {
    this.#topic = topic
    this.#batcher = batcher
    this.#runtime = runtime
  }

  /** Key, value and headers as they came, with headers that say why. Never throws; answers why it is not kept. */
  async put(shelf: Shelf, record: Received, reason: string, why: string, isWanted: () => boolean): Promise<Kept> {
    let message: Message = letterOf(shelf, record, reason, why)
    for (let tries = 0; isWanted();) {
      try {
        await this.#batcher.put([this.#topic], message, DEFAULTS.answer)
        return 'kept'
      } catch (thrown) {
        const { code, message: said } = failure('put a dead letter', thrown)
        const less = code === 'message-too-large' ? shortened(message, shelf, record, reason, why) : undefined
        const isRefused = code === 'message-refused' // whatever is tried: such as a record without a key where they are compacted
        if (less !== undefined) message = less
        else if (isRefused || ++tries === TRIES)
          return { why: `it was not put into "${this.#topic}": ${said}`, isRefused }
        else await this.#again(tries, said)
      }
    }
    return 'unwanted'
  }

  #again(tries: number, why: string): Promise<void> {
    this.#runtime.log.warn('a record was not put into the dead-letter topic; it is tried again', {
      topic: this.#topic,
      why,
    })
    return new Promise((resolve) => this.#runtime.after(DEFAULTS.retryFirst * 2 ** tries, resolve))
  }
}

function letterOf(shelf: Shelf, record: Received, reason: string, why: string): Message {
  const headers = { ...present(record), ...reasons(shelf, record, reason, why) }
  return { key: record.key, value: record.value, headers }
}

/** Without its value, then without its key: what is left says where the record stands. */
function shortened(
  { key, value }: Message,
  shelf: Shelf,
  record: Received,
  reason: string,
  why: string,
): Message | undefined {
  if ((value ?? key) === null) return undefined
  const headers = reasons(shelf, record, reason, `${why}; its value is too large to be copied`)
  return { key: value === null ? null : key, value: null, headers }
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
