import process from 'node:process'

/** Milliseconds. */
export interface ThreadHold {
  /** From the question to the answer. */
  readonly total: number
  /** The longest that nothing else could run meanwhile. */
  readonly hold: number
  /** The longest without what other processes took and the disk: processor time of this thread. */
  readonly work: number
}

/** How long it takes, and how long at a time it keeps the thread from everything else. */
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
  await ticks() // what held the thread last is seen by the next one
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
