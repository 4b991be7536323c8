import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ahead, present } from '../live/clock.ts'
import { useObserved } from '../live/signal.ts'
import { clockText, durationText } from '../text/time.ts'

/** The present by the clock of the service, anew every `period` milliseconds. */
export function useNow(period = 1000): number {
  const pushed = useObserved(ahead)
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), period)
    return () => clearInterval(timer)
  }, [period])
  return now + pushed
}

/** An instant by the clock; its full text stands in the title. */
export function Clock({ at }: { readonly at: string }): VNode {
  return (
    <time dateTime={at} title={at}>
      {clockText(at, present())}
    </time>
  )
}

/** Time since an instant: `4 m 12 s ago`. */
export function Ago({ at }: { readonly at: string | undefined }): VNode | null {
  const now = useNow()
  if (at === undefined) return null
  return (
    <time dateTime={at} title={at}>
      {durationText(now - Date.parse(at))} ago
    </time>
  )
}

/** Time until an instant, counting down; `past` once it has passed. */
export function Until({ at, past }: { readonly at: string; readonly past: string }): VNode {
  const now = useNow()
  const left = Date.parse(at) - now
  return (
    <time dateTime={at} title={at}>
      {left <= 0 ? past : `in ${durationText(left)}`}
    </time>
  )
}
