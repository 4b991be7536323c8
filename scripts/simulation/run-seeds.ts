import { Worker } from 'node:worker_threads'
import type { Batch, BatchResult, RunSeedsOptions } from './batch.ts'
import { codeHash } from './code-hash.ts'
import { Progress } from './progress.ts'

/** Folder of the states of interrupted runs, in the working directory. */
const FOLDER = 'data/simulation'
/** Seeds of one batch: seldom enough for messages, often enough for a rate. */
const BATCH = 250

/** Runs the seeds on all cores, and stops at the first that breaks a rule. Returns the exit code. */
export async function runSeeds(options: RunSeedsOptions): Promise<number> {
  const { from, seeds, store, jobs } = options
  const progress = await Progress.open(options, { folder: FOLDER, code: codeHash() })
  const left = batches(from, seeds).filter(({ from: first }) => !progress.isDone(first))
  let broken: BatchResult['broken']
  const worker = async (): Promise<void> => {
    const thread = new Worker(new URL('./seeds-worker.ts', import.meta.url))
    for (let batch = left.shift(); batch !== undefined && broken === undefined; batch = left.shift()) {
      const result = await exchange(thread, { ...batch, store })
      if (result.broken !== undefined) broken ??= result.broken
      else await progress.done(result)
    }
    await thread.terminate()
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  progress.say()
  if (broken === undefined) {
    await progress.end()
    console.log('no rule is broken')
    return 0
  }
  const { seed, violation } = broken
  console.log(`\n${violation.rule} is broken: ${violation.why}`)
  console.log(`npm run simulate -- --seed ${seed}${store === undefined ? '' : ` --only-store ${store}`}`)
  return 1
}

function batches(from: number, seeds: number): Omit<Batch, 'store'>[] {
  const count = Math.ceil(seeds / BATCH)
  return Array.from({ length: count }, (_, index) => ({
    from: from + index * BATCH,
    count: Math.min(BATCH, seeds - index * BATCH),
  }))
}

function exchange(thread: Worker, batch: Batch): Promise<BatchResult> {
  return new Promise((resolve, reject) => {
    thread.once('message', (result: BatchResult) => {
      thread.off('error', reject)
      resolve(result)
    })
    thread.once('error', reject)
    thread.postMessage(batch)
  })
}
