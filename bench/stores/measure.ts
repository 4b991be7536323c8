import process from 'node:process'
import { sideBySide } from '../../testing/load/run-saga.ts'

/** Writes sagas: a creation, which is not measured, then events, which are. */
export interface SagaWriter {
  create(id: string): Promise<void>
  /** All events of the saga, one after the other; calls `done` after each. */
  lead(id: string, done: () => void): Promise<void>
}

export interface WriteSample {
  /** Writes a second. */
  readonly rate: number
  /** Processor time of this process for each write. */
  readonly microseconds: number
}

/** Parallel creations. */
const MAKERS = 64

/**
 * Measures the writes of parallel lanes, for `milliseconds` or until a lane finds no saga left. The remaining sagas are finished
 * after that, so that nothing is owed when the next measurement begins.
 */
export async function sample(
  writer: SagaWriter,
  ids: readonly string[],
  { lanes, milliseconds }: { readonly lanes: number; readonly milliseconds: number },
): Promise<WriteSample> {
  const unmade = ids.values()
  await sideBySide(MAKERS, async () => {
    const { value: id } = unmade.next()
    if (id !== undefined) await writer.create(id)
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
    await writer.lead(id, () => void writes++)
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
