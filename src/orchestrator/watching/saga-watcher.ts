import { encodeFrame } from '../../codec/event-frame.ts'
import type { SagaDocument } from '../../codec/saga-document.ts'
import { watchedStep } from '../../codec/watched-saga.ts'
import type { WatchedSaga } from '../../codec/watched-saga.ts'
import { DEFAULTS } from '../../defaults.ts'
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
  #next: number
  /** The history has more than it was told so far: it takes the rest when it has read that. */
  #isBehind = false
  /** The saga as it was told last. */
  #head: string | undefined

  constructor(after: number, output: WatcherOutput) {
    this.#next = after + 1
    this.#output = output
  }

  /** Number of the step that it lacks first. */
  get next(): number {
    return this.#next
  }

  get isBehind(): boolean {
    return this.#isBehind
  }

  /** Tells what it lacks of the history, as much as it may have unread, and then the saga as it is. */
  tell({ sagaId, history: { events, states } }: SagaDocument, head: WatchedSaga): void {
    let room = DEFAULTS.watchBytes / 2 - this.#output.bytes()
    for (; this.#next < events.length && room > 0; this.#next++) {
      const event = events[this.#next]
      if (event === undefined) break
      const data = watchedStep({ sagaId, step: this.#next }, { event, state: states[this.#next] })
      const frame = utf8(encodeFrame({ event: 'step', id: this.#next, data }))
      room -= frame.length
      this.#output.push(frame)
    }
    this.#isBehind = this.#next < events.length
    if (this.#next === events.length) this.#tellHead(head)
  }

  /** Tells the steps that it lacks, and the saga after them. False where it lacks an earlier step, and is not reading on anyway. */
  follow(steps: readonly { readonly number: number; readonly bytes: Uint8Array }[], head: WatchedSaga): boolean {
    if (this.#isBehind) return true
    for (const { number, bytes } of steps) {
      if (number !== this.#next) continue
      this.#output.push(bytes)
      this.#next++
    }
    if (this.#next > head.steps) return true // the head is of before: the next look has a newer one
    if (this.#next < head.steps) return false
    this.#tellHead(head)
    return true
  }

  end(data: WatchEnd): void {
    this.#output.end(utf8(encodeFrame({ event: 'end', data })))
  }

  #tellHead(head: WatchedSaga): void {
    const text = encodeFrame({ event: 'saga', data: head })
    if (text !== this.#head) {
      this.#head = text
      this.#output.push(utf8(text))
    }
    const { sagaId, currentState } = head
    if (isOver(head)) this.end({ sagaId, currentState })
  }
}

/** Nothing comes any more: the saga is final, and its last command has arrived or was given up. */
export function isOver({ isFinal, owed }: Pick<WatchedSaga, 'isFinal' | 'owed'>): boolean {
  return isFinal && owed === undefined
}
