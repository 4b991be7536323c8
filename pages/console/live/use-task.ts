import { useEffect, useRef, useState } from 'preact/hooks'
import { pauseAfter } from './pace.ts'

/** A task that reads data. */
export interface Task<T> {
  /** Another key is another task; the data of the last one are dropped. */
  readonly key: string
  readonly run: (signal: AbortSignal) => Promise<T>
  /** Milliseconds between two runs; absent: once. A run that took long is repeated more seldom. */
  readonly every?: number
}

/** Bounds of the wait after a run (`pauseAfter`): a run is many reads. */
const SLOW = { share: 10, longest: 60_000 }
const RETRY = 3000

/** Runs a task, and again at intervals while the page is visible. A run that fails is tried again. */
export function useTask<T>({ key, run, every }: Task<T>): T | undefined {
  const [ended, setEnded] = useState<{ readonly key: string; readonly value: T } | undefined>(undefined)
  const task = useRef(run)
  task.current = run
  useEffect(() => {
    const stopped = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const later = (wait: number) => {
      timer = setTimeout(() => void (document.hidden ? later(wait) : once()), wait)
    }
    const once = async () => {
      const begun = performance.now()
      try {
        const value = await task.current(stopped.signal)
        if (stopped.signal.aborted) return
        setEnded({ key, value })
        if (every !== undefined) later(pauseAfter(performance.now() - begun, { every, ...SLOW }))
      } catch {
        if (!stopped.signal.aborted) later(RETRY)
      }
    }
    void once()
    return () => {
      stopped.abort()
      clearTimeout(timer)
    }
  }, [key, every])
  return ended?.key === key ? ended.value : undefined
}
