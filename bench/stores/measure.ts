import process from 'node:process'
import { sideBySide } from '../../testing/load/lead.ts'

/** One saga, or what stands for one: its creation, which is not measured, and the events that are. */
export interface Way {
  create(id: string): Promise<void>
  /** All events one after the other; says after each that it is done. */
  lead(id: string, done: () => void): Promise<void>
}

export interface Sample {
  /** Writes a second. */
  readonly rate: number
  /** Processor time of this process for each. */
  readonly microseconds: number
}

/** Creations side by side. */
const MAKERS = 64

/**
 * Leads the sagas in so many lanes. What is done within so many milliseconds counts, or until one lane finds no saga left;
 * the rest is led to its end all the same, so that nothing is owed when the next measurement begins.
 */
export async function sample(way: Way, ids: readonly string[], lanes: number, milliseconds: number): Promise<Sample> {
  const unmade = ids.values()
  await sideBySide(MAKERS, async () => {
    const { value: id } = unmade.next()
    if (id !== undefined) await way.create(id)
    return id !== undefined
  })
  let writes = 0
  let end: { readonly writes: number; readonly at: number; readonly cost: number } | undefined
  const begun = performance.now()
  const cost = processorMicroseconds()
  const stop = (): void => void (end ??= { writes, at: performance.now(), cost: processorMicroseconds() })
  const timer = setTimeout(stop, milliseconds)
  const left = ids.values()
  await sideBySide(lanes, async () => {
    const { value: id } = left.next()
    if (id === undefined) return (stop(), false)
    await way.lead(id, () => void writes++)
    return true
  })
  clearTimeout(timer)
  const { writes: counted, at, cost: spent } = end ?? { writes, at: performance.now(), cost: processorMicroseconds() }
  return { rate: (counted * 1_000) / (at - begun), microseconds: (spent - cost) / counted }
}

function processorMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
