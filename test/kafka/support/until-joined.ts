import { eventually } from '../../services/client.ts'
import type { Worker } from '../../services/worker.ts'

/** Waits until the worker has logged, since its last start, that it joined its group. */
export async function untilJoined(worker: Worker, within?: number): Promise<void> {
  const said = () => worker.stdout.slice(worker.stdout.lastIndexOf('"code":"service.listening"'))
  await eventually(() => (said().includes('"code":"kafka.joined"') ? true : undefined), within)
}
