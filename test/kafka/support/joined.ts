import { eventually } from '../../services/client.ts'
import type { Worker } from '../../services/worker.ts'

/** Waits until the worker has said, since it was started last, that it is a member of its group. */
export async function untilJoined(worker: Worker, within?: number): Promise<void> {
  const said = () => worker.stdout.slice(worker.stdout.lastIndexOf('"listening"'))
  await eventually(() => (said().includes('"joined the group"') ? true : undefined), within)
}
