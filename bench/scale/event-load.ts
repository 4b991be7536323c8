import { processorSeconds, quantile } from '../../testing/load/figures.ts'
import { sideBySide } from '../../testing/load/run-saga.ts'
import type { EmittedEvent, ServiceClient } from '../../testing/load/service-client.ts'

/** Requests under way at once. */
export const LANES = 16

/** The cost of an event for the service. */
export interface EventFigures {
  /** Milliseconds from the request to its answer. */
  readonly p50: number
  readonly p99: number
  /** Processor time, of all threads, in microseconds. */
  readonly cpu: number
}

/** What is sent, and to whom. */
export interface EventLoad {
  readonly client: ServiceClient
  /** The service. */
  readonly pid: number
  readonly events: readonly EmittedEvent[]
  /** Requests under way at once. Default: `LANES`. */
  readonly lanes?: number | undefined
}

/** Sends the events in their order. Rejects where one of them does not move its saga. */
export async function sendEvents({ client, pid, events, lanes = LANES }: EventLoad): Promise<EventFigures> {
  const times: number[] = []
  const left = events.values()
  const before = processorSeconds(pid)
  await sideBySide(lanes, async () => {
    const { value: event, done } = left.next()
    if (done === true) return false
    const begun = performance.now()
    const { outcome } = await client.emit(event)
    times.push(performance.now() - begun)
    if (outcome !== 'moved')
      throw new Error(`send "${event.label}" to "${event.sagaId}": expected moved, found ${outcome}`)
    return true
  })
  const cpu = ((processorSeconds(pid) - before) * 1e6) / events.length
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), cpu }
}

/** Creates sagas in any order; returns their ids. */
export async function createSagas(client: ServiceClient, count: number): Promise<readonly string[]> {
  const ids: string[] = []
  let number = 0
  await sideBySide(LANES, async () => {
    if (number >= count) return false
    const place = number++
    ids.push(await client.create({ associatedEntityId: `customer/${place}`, metadata: { order: place } }))
    return true
  })
  return ids
}
