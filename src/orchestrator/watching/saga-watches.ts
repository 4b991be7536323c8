import { watchedSaga } from '../../codec/watched-saga.ts'
import type { SagaDocument } from '../../codec/saga-document.ts'
import { DEFAULTS } from '../../defaults.ts'
import type { Duration, Saga, SagaId } from '../../engine/saga.ts'
import type { Change, Step } from '../../engine/change.ts'
import { reasonOf } from '../../errors.ts'
import type { Persistency } from '../../ports/persistency.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'
import type { Ledger } from '../events/ledger.ts'
import type { StepFeed } from '../events/step-feed.ts'
import { documentInTime } from '../timed-reads.ts'
import type { Damaged } from '../undone.ts'
import { isOver, SagaWatcher } from './saga-watcher.ts'
import type { WatchPlaces } from './watch-places.ts'
import type { Watched, WatchRequest } from './watched.ts'
import { WatchedStory } from './watched-story.ts'

/** The parts of `SagaWatches`. */
export interface SagaWatchesOptions {
  readonly feed: StepFeed
  readonly ledger: Pick<Ledger, 'recall' | 'read'>
  readonly persistency: Persistency
  readonly runtime: Runtime
  readonly places: WatchPlaces
}

/** A saga that is watched. */
interface SagaInView {
  readonly id: SagaId
  readonly watchers: Set<SagaWatcher>
  readonly story: WatchedStory
  /** The read under way, for all watchers. */
  reading: Promise<SagaDocument | Damaged | undefined> | undefined
  /** A watcher wanted more while it was under way. */
  isWantedAgain: boolean
  /** Time to the next look at the store. */
  pause: Duration
  cancelLook: Cancel
}

/**
 * Streams of single sagas (C7). Steps of this process come by its feed. Where other processes move sagas too, the head is read at
 * growing intervals, once for all watchers of a saga, and the history where it has grown. Without watchers there is no listener and no
 * timer.
 */
export class SagaWatches {
  readonly #options: SagaWatchesOptions
  readonly #sagas = new Map<SagaId, SagaInView>()
  #unlisten: Cancel | undefined
  #looks = 0

  constructor(options: SagaWatchesOptions) {
    this.#options = options
  }

  /** A stream of the steps after `after`, and of all that follow. */
  async open({ id, after }: WatchRequest, gone?: AbortSignal): Promise<Watched> {
    const { places } = this.#options
    let inView: SagaInView | undefined
    const onGone = (): void => stream?.close()
    const left = (): void => {
      gone?.removeEventListener('abort', onGone)
      if (inView?.watchers.delete(watcher) === true && inView.watchers.size === 0) this.#forget(inView)
    }
    const drained = (): void => {
      if (watcher.isBehind && inView !== undefined) this.#catchUp(inView)
    }
    const stream = places.open({ kind: 'saga', left, drained })
    if (stream === undefined) return { kind: 'no-place' }
    if (gone?.aborted === true) stream.close()
    if (stream.hasEnded) return { kind: 'open', body: stream.body } // the client is gone, or the service is stopping
    const watcher = new SagaWatcher(after, {
      bytes: () => stream.bytes,
      push: (bytes) => places.push(stream, bytes),
      end: (last) => stream.end(last),
    })
    gone?.addEventListener('abort', onGone, { once: true })
    // Before the read, so that no step falls between the two.
    inView = this.#enter(id, watcher)
    try {
      let read = await this.#read(inView)
      // The read may have begun before the client's newest step was saved.
      if (isBeyond(read, after)) read = await this.#read(inView)
      const refusal = refusalOf(id, read, after)
      if (refusal === undefined) return { kind: 'open', body: stream.body }
      stream.close()
      return refusal
    } catch (thrown) {
      stream.close()
      return { kind: 'unavailable', why: reasonOf(thrown) }
    }
  }

  #enter(id: SagaId, watcher: SagaWatcher): SagaInView {
    const known = this.#sagas.get(id)
    const inView = known ?? this.#begin(id)
    inView.watchers.add(watcher)
    return inView
  }

  #begin(id: SagaId): SagaInView {
    const watchers = new Set<SagaWatcher>()
    const story = new WatchedStory(id, watchers)
    const pause = this.#firstPause()
    const inView: SagaInView = {
      id,
      watchers,
      story,
      reading: undefined,
      isWantedAgain: false,
      pause,
      cancelLook: () => undefined,
    }
    this.#sagas.set(id, inView)
    this.#unlisten ??= this.#listen()
    this.#lookLater(inView)
    return inView
  }

  #forget(inView: SagaInView): void {
    inView.cancelLook()
    if (this.#sagas.get(inView.id) === inView) this.#sagas.delete(inView.id)
    if (this.#sagas.size > 0) return
    this.#unlisten?.()
    this.#unlisten = undefined
  }

  #listen(): Cancel {
    const { feed } = this.#options
    const ends = [feed.listen(this.#onStep), feed.listenToAmends(this.#onAmend)]
    return () => ends.forEach((end) => end())
  }

  readonly #onStep = (step: Step, saga: Saga): void => {
    const inView = this.#sagas.get(saga.id)
    if (inView?.story.stepped(step, saga) === true) this.#catchUp(inView)
  }

  readonly #onAmend = (_: Change, saga: Saga): void => {
    const inView = this.#sagas.get(saga.id)
    if (inView?.story.changed(saga) === true) this.#catchUp(inView)
  }

  /** A failure is left to the next look. */
  #catchUp(inView: SagaInView): void {
    if (inView.reading !== undefined) inView.isWantedAgain = true
    else if (inView.watchers.size > 0) this.#read(inView).catch(() => undefined)
  }

  /** Reads the history once for all watchers, and tells each what it lacks. */
  #read(inView: SagaInView): Promise<SagaDocument | Damaged | undefined> {
    return (inView.reading ??= this.#readHistory(inView).finally(() => {
      const { isWantedAgain, story } = inView
      inView.reading = undefined
      inView.isWantedAgain = false
      if (isWantedAgain || story.isMissing) this.#catchUp(inView)
    }))
  }

  async #readHistory(inView: SagaInView): Promise<SagaDocument | Damaged | undefined> {
    const { runtime, persistency } = this.#options
    const { id, story } = inView
    story.beginRead()
    try {
      const document = await documentInTime(runtime, persistency, id)
      if (document === undefined) story.removed()
      else if (!('kind' in document)) story.tell(document)
      return document
    } finally {
      story.giveUp()
    }
  }

  /** Looks are bounded, so that many watchers leave the store to events. */
  async #look(inView: SagaInView): Promise<void> {
    if (this.#looks < DEFAULTS.endLooksAtOnce && inView.reading === undefined) {
      this.#looks++
      await this.#lookNow(inView)
        .catch(() => undefined)
        .finally(() => this.#looks--)
    }
    this.#lookLater(inView)
  }

  async #lookNow(inView: SagaInView): Promise<void> {
    const { persistency, ledger } = this.#options
    const { id, story } = inView
    const { news } = story
    const loaded = (persistency.can.shared ? undefined : ledger.recall(id)) ?? (await ledger.read(id))
    if (loaded === undefined) return story.removed()
    // Something happened meanwhile: this head may be older.
    if (story.news !== news || inView.reading !== undefined) return
    if (!story.changed(loaded.saga)) return
    // Another process moves this saga: the next looks are soon.
    inView.pause = this.#firstPause()
    this.#catchUp(inView)
  }

  #lookLater(inView: SagaInView): void {
    inView.cancelLook()
    if (inView.watchers.size === 0 && this.#sagas.get(inView.id) !== inView) return
    const { runtime, persistency } = this.#options
    // A bounded number of looks a second, for all sagas together.
    const pause = Math.max(inView.pause, (this.#sagas.size * 1_000) / DEFAULTS.watchLooks)
    if (persistency.can.shared) inView.pause = Math.min(DEFAULTS.endLookLongest, inView.pause * 2)
    inView.cancelLook = runtime.after(pause / 2 + (runtime.random() * pause) / 2, () => void this.#look(inView))
  }

  /** Where no other process moves sagas, a look finds only a write whose fate this process does not know (P6). */
  #firstPause(): Duration {
    return this.#options.persistency.can.shared ? DEFAULTS.endLookFirst : DEFAULTS.watchLookAlone
  }
}

function isBeyond(read: SagaDocument | Damaged | undefined, after: number): boolean {
  return read !== undefined && !('kind' in read) && after >= read.history.events.length
}

/** Why there is no stream; `undefined` where there is one. */
function refusalOf(sagaId: SagaId, read: SagaDocument | Damaged | undefined, after: number): Watched | undefined {
  if (read === undefined) return { kind: 'unknown-saga', sagaId }
  if ('kind' in read) return read
  const steps = read.history.events.length
  if (after >= steps) return { kind: 'beyond', steps }
  return after === steps - 1 && isOver(watchedSaga(read)) ? { kind: 'over' } : undefined
}
