import { encodeFrame } from '../../codec/event-frame.ts'
import { encodeEntry } from '../../codec/history-entry.ts'
import { watchedStep } from '../../codec/watched-saga.ts'
import { DEFAULTS } from '../../defaults.ts'
import type { Change, Step } from '../../engine/change.ts'
import type { Saga } from '../../engine/saga.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'
import { word } from '../ids.ts'
import type { StepFeed } from '../events/step-feed.ts'
import { EventRing } from './event-ring.ts'
import { utf8 } from './utf8.ts'
import type { WatchPlaces } from './watch-places.ts'
import type { WatchStream } from './watch-stream.ts'
import type { WatchAllRequest, WatchedAll } from './watched.ts'
import { watchedHead } from './watched-story.ts'

/** The parts of `ServiceWatch`. */
export interface ServiceWatchOptions {
  readonly feed: StepFeed
  readonly runtime: Runtime
  readonly places: WatchPlaces
  /** Other processes move sagas of the same store, and their steps are not seen here. */
  readonly shared: boolean
}

/**
 * Streams of all sagas (C7): the steps of this process, and changes that a person may have to know of. Events of some milliseconds are
 * sent together, in the same bytes for all watchers. The newest are kept for clients that come back. Without watchers there is no
 * listener and no timer.
 */
export class ServiceWatch {
  readonly #options: ServiceWatchOptions
  readonly #process: string
  readonly #ring: EventRing
  readonly #streams = new Set<WatchStream>()
  #unlisten: Cancel | undefined
  #frames = ''
  #cancelFlush: Cancel | undefined
  #cancelLinger: Cancel | undefined

  constructor(options: ServiceWatchOptions) {
    this.#options = options
    this.#process = word(options.runtime)
    this.#ring = new EventRing(this.#process, DEFAULTS.watchRing)
  }

  /** A stream from now on, or from the event after which the client comes back. */
  open({ after }: WatchAllRequest, gone?: AbortSignal): WatchedAll {
    const { places } = this.#options
    let stream: WatchStream | undefined
    const onGone = (): void => stream?.close()
    const left = (): void => {
      gone?.removeEventListener('abort', onGone)
      if (stream !== undefined) this.#leave(stream)
    }
    stream = places.open({ kind: 'all', left })
    if (stream === undefined) return { kind: 'no-place' }
    if (gone?.aborted === true) stream.close()
    if (stream.hasEnded) return { kind: 'open', body: stream.body } // the client is gone, or the service is stopping
    this.#listen()
    this.#flush()
    this.#greet(stream, after)
    this.#streams.add(stream)
    gone?.addEventListener('abort', onGone, { once: true })
    return { kind: 'open', body: stream.body }
  }

  #greet(stream: WatchStream, after: string | undefined): void {
    const missed = after === undefined ? [] : this.#ring.after(after)
    const scope = this.#options.shared ? 'process' : 'service'
    const hello = encodeFrame({ event: 'watch', data: { process: this.#process, scope } })
    if (missed === undefined) stream.push(utf8(hello + encodeFrame({ event: 'gap', id: this.#ring.newest, data: GAP })))
    else if (after === undefined) stream.push(utf8(`id: ${this.#ring.newest}\n${hello}`))
    else stream.push(utf8(hello))
    for (const bytes of missed ?? []) this.#options.places.push(stream, bytes)
  }

  #leave(stream: WatchStream): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0 || this.#unlisten === undefined) return
    // Clients that come back soon miss nothing.
    this.#cancelLinger ??= this.#options.runtime.after(DEFAULTS.watchLinger, () => this.#rest())
  }

  #listen(): void {
    this.#cancelLinger?.()
    this.#cancelLinger = undefined
    if (this.#unlisten !== undefined) return
    const { feed } = this.#options
    const ends = [feed.listen(this.#onStep), feed.listenToAmends(this.#onAmend)]
    this.#unlisten = () => ends.forEach((end) => end())
  }

  /** Ends all work; the service may be stopping. */
  #rest(): void {
    this.#unlisten?.()
    this.#unlisten = undefined
    this.#cancelLinger = undefined
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    this.#frames = ''
    this.#ring.clear()
  }

  /** No client comes back any more. */
  close(): void {
    this.#cancelLinger?.()
    this.#rest()
  }

  readonly #onStep = (step: Step, { entity, isFinal, deadLetters, parked }: Saga): void => {
    const told = watchedStep({ sagaId: step.sagaId, step: step.number }, encodeEntry(step, ''))
    const care = {
      ...(deadLetters.length > 0 && { deadLetters: deadLetters.length }),
      ...(parked.length > 0 && { parked: parked.length }),
    }
    this.#add({ event: 'step', data: { ...told, associatedEntityId: entity, isFinal, ...care } })
  }

  readonly #onAmend = (change: Change, saga: Saga): void => {
    if (isWorthTelling(change)) this.#add({ event: 'saga', data: watchedHead(saga) })
  }

  #add(frame: { readonly event: string; readonly data: object }): void {
    this.#frames += encodeFrame({ ...frame, id: this.#ring.next() })
    if (this.#frames.length >= DEFAULTS.watchFlushBytes) this.#flush()
    else this.#cancelFlush ??= this.#options.runtime.after(DEFAULTS.watchFlush, () => this.#flush())
  }

  #flush(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    if (this.#frames === '') return
    const bytes = utf8(this.#frames)
    this.#frames = ''
    this.#ring.add(bytes)
    for (const stream of this.#streams) this.#options.places.push(stream, bytes)
  }
}

const GAP = { why: 'events were missed: read the list of sagas again' }

/** Settlements and failed sends are left to those who watch the saga itself: there may be as many as steps. */
function isWorthTelling({ dead, dropped, revived, parked, unparked, hold, operation }: Change): boolean {
  return [dead, dropped, revived, parked, unparked, operation].some((part) => part !== undefined) || hold !== undefined
}
