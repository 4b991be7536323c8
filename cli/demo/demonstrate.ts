import process from 'node:process'
import { showProgress } from './progress.ts'
import type { Progress } from './progress.ts'
import { leadAll, verify } from './lead-all.ts'
import type { DemoSize } from './lead-all.ts'
import type { DemoStage } from './stage.ts'
import { isGood, summary } from './summary.ts'

/** Options of `demonstrate`. */
export interface DemoOptions extends DemoSize {
  /** Keeps the service running until an interrupt. */
  readonly keep: boolean
}

const INTERRUPTED = 130

/** Runs the whole demonstration. Resolves with the exit code. `name` is the command line that starts it. */
export async function demonstrate(
  options: DemoOptions,
  name: string,
  open: (atOnce: number) => Promise<DemoStage>,
): Promise<number> {
  const interrupted = interruption()
  const stage = await Promise.race([open(options.atOnce), interrupted])
  if (stage === undefined) return INTERRUPTED // processes started so far end with this one
  try {
    say([`Running ${options.sagas} reservations on ${stage.service.url}, ${options.atOnce} at once.`, ''])
    const progress = showProgress(options.sagas)
    const lines = await Promise.race([play(stage, options, progress), interrupted]).finally(() => progress.stop())
    if (lines === undefined) return INTERRUPTED
    say(lines.text)
    const next = `  Next: ${name} --keep keeps it running and prints three curl lines to paste.`
    say(['', ...(options.keep ? stage.invitation() : [next, ...stage.next()])])
    if (options.keep) await Promise.race([interrupted, stage.service.gone])
    return lines.good ? 0 : 1
  } finally {
    await stage.close()
  }
}

/** Resolves at SIGINT or SIGTERM. */
function interruption(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined))
  })
}

interface DemoReport {
  readonly good: boolean
  readonly text: readonly string[]
}

async function play(stage: DemoStage, size: DemoSize, progress: Progress): Promise<DemoReport> {
  const begun = performance.now()
  const all = await leadAll(stage, size, (done) => progress.update(done))
  const seconds = (performance.now() - begun) / 1_000
  progress.stop()
  await verify(stage, all, size.atOnce)
  const figures = await stage.figures()
  return { good: isGood(all), text: summary({ all, plot: stage, seconds, figures, folder: stage.service.folder }) }
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
