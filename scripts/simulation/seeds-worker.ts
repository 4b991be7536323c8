import { parentPort } from 'node:worker_threads'
import { runOf, violationsOf } from './judged-run.ts'
import type { Batch, BatchResult } from './batch.ts'

parentPort?.on('message', (batch: Batch) => {
  void judged(batch).then((result) => parentPort?.postMessage(result))
})

async function judged({ from, count, store }: Batch): Promise<BatchResult> {
  for (let seed = from; seed < from + count; seed++) {
    const [violation] = violationsOf(await runOf({ seed, store }))
    if (violation !== undefined) return { from, runs: seed - from + 1, broken: { seed, violation } }
  }
  return { from, runs: count }
}
