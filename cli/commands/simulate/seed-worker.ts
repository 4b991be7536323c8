import { parentPort, workerData } from 'node:worker_threads'
import { tallyOf } from './seed-run.ts'
import type { SeedBatch, Simulated } from './seed-run.ts'

parentPort?.on('message', (batch: SeedBatch) => {
  void tallyOf(workerData as Simulated, batch).then((tally) => parentPort?.postMessage(tally))
})
