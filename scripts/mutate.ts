/**
 * `npm run mutate -- [--only src/engine] [--files a.ts,b.ts] [--workers N] [--resume] [--sample 1/4]`: changes one place of
 * the code after the other, and looks for a unit test that fails. Prints the changes that no test noticed, and a table. Exit code 1 where tests
 * noticed less than 85 % of a room.
 */
import process from 'node:process'
import { readFileSync } from 'node:fs'
import { withoutEquivalents } from './mutate/equivalents.ts'
import type { Equivalent } from './mutate/equivalents.ts'
import { readOptions } from './mutate/options.ts'
import type { MutateOptions } from './mutate/options.ts'
import { judge } from './mutate/outcome.ts'
import { runRoom } from './mutate/run-room.ts'
import { scoreOf, summary } from './mutate/summary.ts'

/** Least share of a room's mutants that its unit tests have to notice. */
const LEAST_SCORE = 0.85

const options = readOptions(process.argv.slice(2))
if (typeof options === 'string') {
  process.stderr.write(`mutate: ${options}\n`)
  process.exitCode = 1
} else {
  // A run that is interrupted takes its copy away, too.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  await mutate(options)
}

async function mutate({ rooms, ...how }: MutateOptions): Promise<void> {
  const list = new URL('mutate/equivalent.json', import.meta.url)
  const known = JSON.parse(readFileSync(list, 'utf8')) as readonly Equivalent[]
  for (const room of rooms) {
    const { mutants, verdicts } = await runRoom(room, how)
    const results = withoutEquivalents(judge(mutants, verdicts), known)
    process.stdout.write(summary(results))
    if (scoreOf(results.mutants) < LEAST_SCORE) process.exitCode = 1
  }
}
