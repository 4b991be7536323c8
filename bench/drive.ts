import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Wire } from './saga-doors.ts'

/** The order for a driver; times in milliseconds. */
export interface DriveOrder {
  readonly url: string
  /** The processes whose cost is measured, with all that they start. */
  readonly pids: readonly number[]
  readonly wire: Wire
  readonly atOnce: number
  readonly warmUp: number
  readonly measure: number
}

export interface ServiceFigures {
  /** Sagas (or requests) a second. */
  readonly rate: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Processor time of the service for each saga or request. */
  readonly microseconds: number
  /** Busy cores, those of other processes too: where these are not near 0, the machine was busy and the figures are of little use. */
  readonly busy: { readonly service: number; readonly driver: number; readonly others: number }
}

export interface Driver {
  /** Port of its participant. */
  readonly port: number
  drive(order: DriveOrder): Promise<ServiceFigures>
  close(): void
}

const SCRIPT = fileURLToPath(new URL('driver.ts', import.meta.url))

export async function startDriver(): Promise<Driver> {
  const child = fork(SCRIPT)
  const [port] = (await answerOf(child)) as [number]
  return {
    port,
    async drive(order) {
      const answer = answerOf(child)
      child.send(order)
      const [figures] = (await answer) as [ServiceFigures]
      return figures
    },
    close: () => child.disconnect(),
  }
}

function answerOf(child: ChildProcess): Promise<unknown[]> {
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`drive the service: the driver ended with ${String(code)}`)
  })
  return Promise.race([once(child, 'message'), gone])
}
