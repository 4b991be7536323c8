import process from 'node:process'
import { invitation } from './keep.ts'
import { showProgress } from './progress.ts'
import type { Progress } from './progress.ts'
import { leadAll, verify } from './run.ts'
import type { Size } from './run.ts'
import { openStage } from './stage.ts'
import type { Stage } from './stage.ts'
import { isGood, summary } from './summary.ts'

export interface Wishes extends Size {
  /** Leave it running until somebody interrupts. */
  readonly keep: boolean
}

const INTERRUPTED = 130

/** The whole demonstration, to its exit code. */
export async function demonstrate(wishes: Wishes): Promise<number> {
  const interrupted = interruption()
  const stage = await openStage(wishes.atOnce)
  try {
    const { url } = stage.service
    say([`Leading ${wishes.sagas} reservations through ${url}, ${wishes.atOnce} at once.`, ''])
    const progress = showProgress(wishes.sagas)
    const lines = await Promise.race([play(stage, wishes, progress), interrupted]).finally(() => progress.stop())
    if (lines === undefined) return INTERRUPTED
    say(lines.text)
    say(wishes.keep ? invitation(url, stage.participant.port) : next(stage.service.folder))
    if (wishes.keep) await Promise.race([interrupted, stage.service.gone])
    return lines.good ? 0 : 1
  } finally {
    await stage.close()
  }
}

/** Resolves when somebody wants it to end. */
function interruption(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined))
  })
}

interface Played {
  readonly good: boolean
  readonly text: readonly string[]
}

async function play({ door, endings, participant, service }: Stage, size: Size, progress: Progress): Promise<Played> {
  const begun = performance.now()
  const all = await leadAll(door, endings, size, (done) => progress.update(done))
  const seconds = (performance.now() - begun) / 1_000
  progress.stop()
  await verify(door, service.definition, all, size.atOnce)
  return { good: isGood(all), text: summary({ all, seconds, participant, folder: service.folder }) }
}

function next(folder: string): string[] {
  return [
    '',
    '  Next: npm run demo -- --keep leaves it running, with three curl lines to paste.',
    `  The same sagas again: CONFIGURATIONS_FILE_PATH=${folder}/saga.json DATA_PATH=${folder} npm start`,
  ]
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
