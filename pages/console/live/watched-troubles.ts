import { useEffect, useState } from 'preact/hooks'
import { streamEvents, type StreamState } from './event-stream.ts'

/** A saga in trouble, as the stream of all sagas told it last. */
export interface WatchedTrouble {
  readonly sagaId: string
  readonly associatedEntityId?: string
  readonly state: string
  readonly deadLetters: number
  readonly parked: number
  readonly isHeld: boolean
}

/** Sagas that have got into trouble since the stream was opened, newest first. */
export interface WatchedTroubles {
  readonly sagas: readonly WatchedTrouble[]
  /** Undefined before the stream was tried. */
  readonly stream: StreamState | undefined
}

interface Told {
  readonly sagaId?: unknown
  readonly associatedEntityId?: string
  readonly currentState?: string
  readonly state?: string
  readonly deadLetters?: number
  readonly parked?: number
  readonly hold?: { readonly isBeginning?: boolean }
}

const MOST = 100

/** Follows the stream of all sagas, for a store that cannot find those in trouble. */
export function useWatchedTroubles(): WatchedTroubles {
  const [sagas, setSagas] = useState<readonly WatchedTrouble[]>([])
  const [stream, setStream] = useState<StreamState | undefined>(undefined)
  useEffect(() => {
    const ended = new AbortController()
    const onEvent = ({ type, data }: { readonly type: string; readonly data: string }) => {
      if (type === 'saga' || type === 'step') setSagas((known) => withTold(known, JSON.parse(data) as Told))
    }
    void streamEvents('watch', { signal: ended.signal, onEvent, onState: setStream })
    return () => ended.abort()
  }, [])
  return { sagas, stream }
}

/** The sagas after an event of the stream. A saga without trouble leaves; the same list where nothing changes. */
export function withTold(known: readonly WatchedTrouble[], told: Told): readonly WatchedTrouble[] {
  const { sagaId, associatedEntityId, deadLetters = 0, parked = 0, hold } = told
  if (typeof sagaId !== 'string') return known
  const others = known.filter((one) => one.sagaId !== sagaId)
  const isHeld = hold !== undefined && hold.isBeginning !== true
  // An event that came early is no trouble by itself.
  if (deadLetters === 0 && !isHeld) return others.length === known.length ? known : others
  const state = told.currentState ?? told.state ?? ''
  const saga: WatchedTrouble = {
    sagaId,
    ...(associatedEntityId !== undefined && { associatedEntityId }),
    state,
    deadLetters,
    parked,
    isHeld,
  }
  return [saga, ...others].slice(0, MOST)
}
