import { setTimeout as pause } from 'node:timers/promises'
import { ServiceClient } from '../../testing/load/service-client.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { startService } from '../flow/start-service.ts'
import type { MeasuredFlow } from '../flow/start-service.ts'
import { LANES } from './event-load.ts'

/** A service in a process of its own, and a client of it. */
export interface MeasuredService extends WorkerProcess {
  readonly client: ServiceClient
  /** Milliseconds from the start of its process until `/-/ready` is 200. */
  readonly startedIn: number
}

/** Starts the service on the data of this folder and waits until it is ready. */
export async function startMeasured(folder: string, flow: MeasuredFlow): Promise<MeasuredService> {
  const begun = performance.now()
  const worker = await startService(folder, flow)
  const client = new ServiceClient(worker.url, LANES)
  while (!(await isReady(worker.url))) await pause(2)
  const startedIn = performance.now() - begun
  const stop = async () => {
    await client.close()
    return worker.stop()
  }
  return { ...worker, client, startedIn, stop }
}

async function isReady(url: string): Promise<boolean> {
  const { status, body } = await fetch(`${url}/-/ready`)
  await body?.cancel()
  return status === 200
}
