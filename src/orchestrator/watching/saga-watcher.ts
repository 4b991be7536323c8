import { encodeFrame } from '../../codec/event-frame.ts'
import type { WatchedSaga } from '../../codec/watched-saga.ts'
import { DEFAULTS } from '../../defaults.ts'
import type { ToldHistory, ToldSaga } from './told-saga.ts'
import { utf8 } from './utf8.ts'

/** The end of a stream: the saga is final, or was removed from the store. */
export interface WatchEnd {
  readonly sagaId: string
  readonly currentState?: string
  readonly isRemoved?: true
}

/** Where the bytes of one watcher go. */
export interface WatcherOutput {
  readonly bytes: () => number
  readonly push: (bytes: Uint8Array) => void
  readonly end: (last: Uint8Array) => void
}

/** One client that watches a saga: it has all steps before `next`. */
export class SagaWatcher {
  readonly #output: WatcherOutput
  /** Number of the step that it lacks first. */
  #next: number
  /** The history has more than it was told so far: it takes the rest when it has read that. */
  #isBehind = false
  /** The saga as it was told last. */
  #head: string | undefined

  constructor(after: number, output: WatcherOutput) {
    this.#next = after + 1
    this.#output = output
  }

  get isBehind(): boolean {
    return this.#isBehind
  }

  /** Tells what it lacks of the history, as much as it may have unread, and then the saga as it is. */
  tell(history: ToldHistory): void {
    let room = DEFAULTS.watchBytes / 2 - this.#output.bytes()
    for (; room > 0; this.#next++) {
      const frame = history.step(this.#next)
      if (frame === undefined) break
      room -= frame.length
      this.#output.push(frame)
    }
    this.#isBehind = this.#next < history.steps
    if (this.#next === history.steps) this.#tellHead(history.head)
  }

  /** Tells the steps that it lacks, and the saga after them. False where it lacks an earlier step, and is not reading on anyway. */
  follow(steps: readonly { readonly number: number; readonly bytes: Uint8Array }[], head: ToldSaga): boolean {
    if (this.#isBehind) return true
    for (const { number, bytes } of steps) {
      if (number !== this.#next) continue
      this.#output.push(bytes)
      this.#next++
    }
    const { steps: known } = head.saga
    if (this.#next > known) return true // the head is of before: the next look has a newer one
    if (this.#next < known) return false
    this.#tellHead(head)
    return true
  }

  end(data: WatchEnd): void {
    this.#output.end(utf8(encodeFrame({ event: 'end', data })))
  }

  #tellHead(head: ToldSaga): void {
    if (head.text !== this.#head) {
      this.#head = head.text
      this.#output.push(head.bytes)
    }
    const { sagaId, currentState } = head.saga
    if (isOver(head.saga)) this.end({ sagaId, currentState })
  }
}

/** Nothing comes any more: the saga is final, and its last command has arrived or was given up. */
export function isOver({ isFinal, owed }: Pick<WatchedSaga, 'isFinal' | 'owed'>): boolean {
  return isFinal && owed === undefined
}
