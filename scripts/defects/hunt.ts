import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { plantedCopy } from './planted-copy.ts'
import type { PlantedDefect } from './planted-defect.ts'

/** The seeds of a hunt. */
export interface HuntRange {
  readonly from: number
  readonly seeds: number
}

/** The task of a hunt's thread. `rule`: the hunt ends with the first run that breaks it; absent: with the first that breaks any. */
export interface HuntTask extends HuntRange {
  readonly rule?: string | undefined
}

/** The end of a hunt. */
export interface HuntEnd {
  /** Runs until then. */
  readonly seeds: number
  /** On a core. */
  readonly seconds: number
  /** The run that broke the rule; absent: none of them did. */
  readonly found?: { readonly seed: number; readonly rules: readonly string[]; readonly why: string } | undefined
  /** Rules that were broken, where the one that was hunted for was not. */
  readonly others?: readonly string[] | undefined
}

/** Runs seeds over a copy of the sources with the defect, until the checker names its rule. Without a defect no rule may be named. */
export async function hunt(defect: PlantedDefect | undefined, range: HuntRange): Promise<HuntEnd> {
  const copy = plantedCopy(defect)
  try {
    return await run(copy.root, { ...range, rule: defect?.rule })
  } finally {
    copy.remove()
  }
}

/** A thread on the modules of the copy: no other code of this process is loaded in it. */
async function run(root: string, task: HuntTask): Promise<HuntEnd> {
  const thread = new Worker(join(root, 'scripts/defects/hunt-worker.ts'), { workerData: task, execArgv: [] })
  try {
    return await new Promise((resolve, reject) => {
      thread.once('message', resolve)
      thread.once('error', reject)
      thread.once('exit', () => reject(new Error('hunt a defect: its thread has ended without a result')))
    })
  } finally {
    await thread.terminate()
  }
}
