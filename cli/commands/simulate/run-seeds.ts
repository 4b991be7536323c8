import { Worker } from 'node:worker_threads'
import { addTally, emptyTally } from './run-tally.ts'
import type { RunTally } from './run-tally.ts'
import { tallyOf } from './seed-run.ts'
import type { SeedBatch, Simulated } from './seed-run.ts'

/** Options of `runSeeds`. */
export interface SeedRange {
  readonly from: number
  readonly seeds: number
  /** Threads; 1: this one. */
  readonly jobs: number
  /** Hears how many runs are done. */
  readonly done: (runs: number) => void
}

/** Counts of both kinds of runs over the same seeds. */
export interface SeedTallies {
  readonly plain: RunTally
  readonly faulty: RunTally
}

/** Seeds of one batch: seldom enough for messages, often enough for a progress. */
const BATCH = 50

/** Runs each seed without faults and with faults. The counts do not depend on the number of threads. */
export async function runSeeds(simulated: Simulated, range: SeedRange): Promise<SeedTallies> {
  const batches = batchesOf(range)
  const results: RunTally[] = []
  const left = batches.entries()
  let runs = 0
  const lane = async (run: (batch: SeedBatch) => Promise<RunTally>) => {
    for (const [index, batch] of left) {
      results[index] = await run(batch)
      range.done((runs += batch.count))
    }
  }
  if (range.jobs <= 1) await lane((batch) => tallyOf(simulated, batch))
  else await Promise.all(Array.from({ length: Math.min(range.jobs, batches.length) }, () => onThread(simulated, lane)))
  const merged = { plain: emptyTally(), faulty: emptyTally() }
  for (const [index, { isPlain }] of batches.entries())
    addTally(isPlain ? merged.plain : merged.faulty, results[index] ?? emptyTally())
  return merged
}

function batchesOf({ from, seeds }: SeedRange): readonly SeedBatch[] {
  const count = Math.ceil(seeds / BATCH)
  return [true, false].flatMap((isPlain) =>
    Array.from({ length: count }, (_, index) => ({
      from: from + index * BATCH,
      count: Math.min(BATCH, seeds - index * BATCH),
      isPlain,
    })),
  )
}

/** The thread runs the sources in a clone, and what was compiled of them in an installed package. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './seed-worker.ts' : './seed-worker.js', import.meta.url)

async function onThread(
  simulated: Simulated,
  lane: (run: (batch: SeedBatch) => Promise<RunTally>) => Promise<void>,
): Promise<void> {
  const thread = new Worker(WORKER, { workerData: simulated })
  try {
    await lane((batch) => exchange(thread, batch))
  } finally {
    await thread.terminate()
  }
}

function exchange(thread: Worker, batch: SeedBatch): Promise<RunTally> {
  return new Promise((resolve, reject) => {
    thread.once('message', (tally: RunTally) => {
      thread.off('error', reject)
      resolve(tally)
    })
    thread.once('error', reject)
    thread.postMessage(batch)
  })
}
