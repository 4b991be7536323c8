import { useEffect, useRef } from 'preact/hooks'
import { streamEvents } from './event-stream.ts'

/** Listeners of the stream of one saga. */
export interface StreamListeners {
  /** A step of the saga. */
  readonly onStep: () => void
  /** True while the service streams. */
  readonly onLive: (isLive: boolean) => void
}

/** Follows the steps of one saga, where the service streams them. */
export function useSagaStream(path: string, listeners: StreamListeners): void {
  const heard = useRef(listeners)
  heard.current = listeners
  useEffect(() => {
    const ended = new AbortController()
    void streamEvents(`${path}/watch`, {
      signal: ended.signal,
      onEvent: () => heard.current.onStep(),
      onLive: (isLive) => {
        heard.current.onLive(isLive)
        if (isLive) heard.current.onStep()
      },
    })
    return () => ended.abort()
  }, [path])
}
