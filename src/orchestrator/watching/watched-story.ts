import { encodeDocument } from '../../codec/encode-document.ts'
import { encodeFrame } from '../../codec/event-frame.ts'
import { encodeEntry } from '../../codec/history-entry.ts'
import type { SagaDocument } from '../../codec/saga-document.ts'
import { watchedSaga, watchedStep } from '../../codec/watched-saga.ts'
import type { WatchedSaga } from '../../codec/watched-saga.ts'
import type { Step } from '../../engine/change.ts'
import type { Saga, SagaId } from '../../engine/saga.ts'
import type { SagaWatcher } from './saga-watcher.ts'
import { ToldHistory, ToldSaga } from './told-saga.ts'
import { utf8 } from './utf8.ts'

/** A step of this process, ready for its watchers. */
interface LiveStep {
  readonly number: number
  readonly bytes: Uint8Array
}

/** Steps that are kept while the history is read; with more of them it is read again. */
const MOST_PENDING = 256

/**
 * What the watchers of one saga see: its history from the store, then the steps of this process, each number once and in order. News
 * that come during a read follow it; a step that is not the next one of a watcher was missed here, and the history has it.
 */
export class WatchedStory {
  readonly #id: SagaId
  readonly #watchers: ReadonlySet<SagaWatcher>
  #isReading = false
  #isMissing = false
  #steps: LiveStep[] = []
  #head: ToldSaga | undefined
  /** Grows with all news, so that an answer of the store that is older is known. */
  #news = 0

  constructor(id: SagaId, watchers: ReadonlySet<SagaWatcher>) {
    this.#id = id
    this.#watchers = watchers
  }

  get news(): number {
    return this.#news
  }

  /** The newest read has left out a step that some watcher lacks. */
  get isMissing(): boolean {
    return this.#isMissing
  }

  /** The history is read from now on, until `tell` or `giveUp`: news wait. */
  beginRead(): void {
    this.#isReading = true
    this.#isMissing = false
  }

  /** The history was not read; its news are in the next one. */
  giveUp(): void {
    this.#isReading = false
    this.#steps = []
    this.#head = undefined
  }

  /** A step of this process. True where some watcher lacks the step before it. */
  stepped(step: Step, saga: Saga): boolean {
    const live = { number: step.number, bytes: stepBytes(step) }
    const head = new ToldSaga(watchedHead(saga))
    this.#news++
    if (!this.#isReading) return this.#follow([live], head)
    if (this.#steps.length < MOST_PENDING) this.#steps.push(live)
    this.#head = head
    return false
  }

  /** The saga without a step: as this process has written it, or as the store has it now. True where some watcher lacks a step. */
  changed(saga: Saga): boolean {
    this.#news++
    const head = new ToldSaga(watchedHead(saga))
    if (!this.#isReading) return this.#follow([], head)
    this.#head = head
    return false
  }

  /** Tells each watcher what it lacks of the history, then the news of the read. */
  tell(document: SagaDocument): void {
    const history = new ToldHistory(document)
    for (const watcher of this.#watchers) watcher.tell(history)
    const [steps, newer] = [this.#steps, this.#head]
    this.giveUp()
    this.#isMissing = newer !== undefined && this.#follow(steps, newer)
  }

  /** The store has the saga no more. */
  removed(): void {
    for (const watcher of this.#watchers) watcher.end({ sagaId: this.#id, isRemoved: true })
  }

  #follow(steps: readonly LiveStep[], head: ToldSaga): boolean {
    let isMissing = false
    for (const watcher of this.#watchers) if (!watcher.follow(steps, head)) isMissing = true
    return isMissing
  }
}

function stepBytes(step: Step): Uint8Array {
  const data = watchedStep({ sagaId: step.sagaId, step: step.number }, encodeEntry(step, ''))
  return utf8(encodeFrame({ event: 'step', id: step.number, data }))
}

/** A head as its watchers see it: the same as its document. */
export function watchedHead(saga: Saga): WatchedSaga {
  return watchedSaga(encodeDocument(saga, []), saga.length)
}
