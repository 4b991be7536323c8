/**
 * `npm run defects -- [--only a,b] [--seeds 20000] [--from 1] [--jobs N] [--write]`: plants one mistake after the other in a copy of the
 * sources, and runs the simulation until the checker names the rule that it breaks. Without a mistake no rule may be named. Prints a table;
 * exit code 1 where a defect was missed, or a rule was named without one.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { defectTable, withTable } from './defects/defect-table.ts'
import type { HuntedDefect } from './defects/defect-table.ts'
import { hunt } from './defects/hunt.ts'
import { readOptions } from './defects/options.ts'
import type { DefectOptions } from './defects/options.ts'
import { mustApply } from './defects/planted-copy.ts'
import { plantedDefects } from './defects/planted-defect.ts'

const PAGE = 'docs/SIMULATION.md'

const options = readOptions(process.argv.slice(2), plantedDefects())
if (typeof options === 'string') {
  process.stderr.write(`defects: ${options}\n`)
  process.exitCode = 2
} else {
  // A run that is interrupted takes its copies away, too.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  process.exitCode = await run(options)
}

async function run({ defects, isWhole, jobs, write, ...range }: DefectOptions): Promise<number> {
  mustApply(defects)
  const ends = new Map<string, HuntedDefect>()
  const left = [...defects]
  const worker = async (): Promise<void> => {
    for (let defect = left.shift(); defect !== undefined; defect = left.shift()) {
      const end = await hunt(defect, range)
      ends.set(defect.name, { defect, end })
      const { found, seeds, others = [] } = end
      const missed = `not found in ${seeds} seeds, ${others.length === 0 ? 'no rule' : others.join(' ')} named instead`
      console.log(
        `${defect.name}: ${found === undefined ? missed : `${defect.rule} in seed ${found.seed}: ${found.why}`}`,
      )
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, defects.length) }, worker))
  const hunted = defects.flatMap(({ name }) => ends.get(name) ?? [])
  const table = defectTable(hunted)
  console.log(`\n${table}\n`)
  if (write) writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), table))
  const missed = hunted.filter(({ end }) => end.found === undefined).length
  const isClean = !isWhole || (await isSilent(range))
  console.log(`${hunted.length - missed} of ${hunted.length} defects found`)
  return missed === 0 && isClean ? 0 : 1
}

/** With nothing planted nothing is found. */
async function isSilent(range: Pick<DefectOptions, 'seeds' | 'from'>): Promise<boolean> {
  const { found, seeds } = await hunt(undefined, range)
  if (found === undefined) console.log(`nothing planted: no rule is broken in ${seeds} seeds`)
  else console.log(`nothing planted: ${found.rules.join(' ')} in seed ${found.seed}: ${found.why}`)
  return found === undefined
}
