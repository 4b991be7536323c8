import { encodeFrame } from '../../codec/event-frame.ts'
import type { SagaDocument } from '../../codec/saga-document.ts'
import { watchedSaga, watchedStep } from '../../codec/watched-saga.ts'
import type { WatchedSaga } from '../../codec/watched-saga.ts'
import { utf8 } from './utf8.ts'

/** A saga as its watchers are told of it. It is encoded once for all of them, and not at all where none takes it. */
export class ToldSaga {
  readonly saga: WatchedSaga
  #text: string | undefined
  #bytes: Uint8Array | undefined

  constructor(saga: WatchedSaga) {
    this.saga = saga
  }

  get text(): string {
    return (this.#text ??= encodeFrame({ event: 'saga', data: this.saga }))
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= utf8(this.text))
  }
}

/** A history as the watchers of its saga are told of it: each step is encoded once for all of them. */
export class ToldHistory {
  readonly head: ToldSaga
  readonly #document: SagaDocument
  readonly #frames = new Map<number, Uint8Array>()

  constructor(document: SagaDocument) {
    this.#document = document
    this.head = new ToldSaga(watchedSaga(document))
  }

  get steps(): number {
    return this.#document.history.events.length
  }

  /** The bytes of a step; `undefined` where the history has no such step. */
  step(number: number): Uint8Array | undefined {
    const known = this.#frames.get(number)
    if (known !== undefined) return known
    const { sagaId, history } = this.#document
    const event = history.events[number]
    if (event === undefined) return undefined
    const data = watchedStep({ sagaId, step: number }, { event, state: history.states[number] })
    const bytes = utf8(encodeFrame({ event: 'step', id: number, data }))
    this.#frames.set(number, bytes)
    return bytes
  }
}
