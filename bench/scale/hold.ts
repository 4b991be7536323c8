import process from 'node:process'

/** Milliseconds of one query. */
export interface ThreadHold {
  /** From the call to the result. */
  readonly total: number
  /** The longest time during which nothing else could run. */
  readonly hold: number
  /** The longest processor time of this thread, without other processes and the disk. */
  readonly work: number
}

/** Measures the length of a query, and the longest time for which it holds the thread. */
export async function measured(ask: () => Promise<unknown>): Promise<ThreadHold> {
  let last = now()
  let [hold, work] = [0, 0]
  const tick = (): void => {
    const next = now()
    hold = Math.max(hold, next.at - last.at - 1)
    work = Math.max(work, next.work - last.work)
    last = next
  }
  const timer = setInterval(tick, 1)
  await ticks()
  ;[hold, work, last] = [0, 0, now()]
  const begun = last.at
  await ask()
  const total = performance.now() - begun
  await ticks() // the next tick sees the last hold
  clearInterval(timer)
  return { total, hold, work }
}

function now(): { readonly at: number; readonly work: number } {
  const { user, system } = process.threadCpuUsage()
  return { at: performance.now(), work: (user + system) / 1_000 }
}

function ticks(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 4))
}
