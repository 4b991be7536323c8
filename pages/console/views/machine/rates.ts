import { useEffect, useRef, useState } from 'preact/hooks'
import { useData } from '../../live/use-data.ts'
import { countsIn, type Counts } from './metrics-text.ts'

/** Numbers of the last minutes, of the process that answers. */
export interface Rates {
  /** Steps a second since the last look. */
  readonly steps: number
  /** Sends that failed in the last five minutes, or since this page was opened. */
  readonly failures: number
  readonly lag?: number | undefined
}

type Sample = Counts & { readonly at: number }

const EVERY = 5000
const WINDOW = 5 * 60_000

/** Rates of the metrics; undefined before two looks. */
export function useRates(): Rates | undefined {
  const { data } = useData<string>('-/metrics', { every: EVERY, asText: true })
  const samples = useRef<readonly Sample[]>([])
  const [rates, setRates] = useState<Rates | undefined>(undefined)
  useEffect(() => {
    if (data === undefined) return
    const now = { ...countsIn(data), at: Date.now() }
    const before = samples.current.at(-1)
    const isNewProcess = before !== undefined && now.steps < before.steps
    samples.current = [...(isNewProcess ? [] : samples.current), now].filter(({ at }) => now.at - at <= WINDOW)
    setRates(ratesOf(samples.current))
  }, [data])
  return rates
}

function ratesOf(samples: readonly Sample[]): Rates | undefined {
  const [first, before, last] = [samples[0], samples.at(-2), samples.at(-1)]
  if (first === undefined || before === undefined || last === undefined) return undefined
  const seconds = Math.max(1, last.at - before.at) / 1000
  return {
    steps: Math.round((last.steps - before.steps) / seconds),
    failures: last.failures - first.failures,
    lag: last.lag,
  }
}
