import { useEffect, useRef } from 'preact/hooks'
import { streamEvents } from './event-stream.ts'

/** Milliseconds for which steps are gathered: the page draws them together. */
const GATHERED = 300
/** Different states of one batch; more at once say nothing. */
const MOST = 30

/** Follows the steps of all sagas, where the service streams them: `onStates` gets the states that sagas have entered. */
export function useServiceStream(onStates: (states: readonly string[]) => void): void {
  const heard = useRef(onStates)
  heard.current = onStates
  useEffect(() => {
    const ended = new AbortController()
    const entered = new Set<string>()
    const timer = setInterval(() => {
      if (entered.size > 0 && !document.hidden) heard.current([...entered])
      entered.clear()
    }, GATHERED)
    const onEvent = ({ type, data }: { readonly type: string; readonly data: string }) => {
      if (type !== 'step' || entered.size >= MOST) return
      const { state } = JSON.parse(data) as { readonly state?: unknown }
      if (typeof state === 'string') entered.add(state)
    }
    void streamEvents('watch', { signal: ended.signal, onEvent, onState: () => undefined })
    return () => {
      clearInterval(timer)
      ended.abort()
    }
  }, [])
}
