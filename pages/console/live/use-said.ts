import { useEffect, useRef, useState } from 'preact/hooks'

const SHOWN = 8000

/** A sentence that is shown for some seconds. */
export function useSaid(): readonly [said: string, say: (text: string) => void] {
  const [said, setSaid] = useState('')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const say = (text: string) => {
    clearTimeout(timer.current)
    setSaid(text)
    timer.current = setTimeout(() => setSaid(''), SHOWN)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return [said, say]
}
