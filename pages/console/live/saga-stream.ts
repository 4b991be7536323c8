import { useEffect, useRef, useState } from 'preact/hooks'
import { streamEvents, type StreamState } from './event-stream.ts'

/** The stream of one saga. */
export interface SagaStream {
  /** Of the saga, relative to the page. */
  readonly path: string
  /** Number of the newest step that the page has; while it is undefined, no stream is opened. */
  readonly step: number | undefined
  /** Called at each change of the saga. */
  readonly onChange: () => void
}

/** Follows the changes of one saga, where the service streams them, and tells the state of the stream. */
export function useSagaStream({ path, step, onChange }: SagaStream): StreamState {
  const [state, setState] = useState<StreamState>('none')
  const heard = useRef(onChange)
  heard.current = onChange
  const isReady = step !== undefined
  useEffect(() => {
    if (!isReady) return undefined
    const ended = new AbortController()
    const change = () => heard.current()
    const options = { signal: ended.signal, after: String(step), onEvent: change }
    const onState = (next: StreamState) => {
      setState(next)
      if (next === 'live') change()
    }
    void streamEvents(`${path}/watch`, { ...options, onState })
    return () => ended.abort()
  }, [path, isReady])
  return state
}
