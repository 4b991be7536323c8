import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import type { HuntRange } from './hunt.ts'
import type { PlantedDefect } from './planted-defect.ts'

/** Options of `npm run defects`. */
export interface DefectOptions extends HuntRange {
  readonly defects: readonly PlantedDefect[]
  /** All of them, beside a run of all seeds without a defect. */
  readonly isWhole: boolean
  readonly jobs: number
  /** The table is written into docs/SIMULATION.md. */
  readonly write: boolean
}

/** The options, or a text that says what is wrong with the arguments. `known`: all planted defects. */
export function readOptions(args: readonly string[], known: readonly PlantedDefect[]): DefectOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      seeds: { type: 'string', default: '20000' },
      from: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      write: { type: 'boolean', default: false },
    },
  })
  const names = values.only?.split(',')
  const unknown = names?.find((name) => known.every((one) => one.name !== name))
  if (unknown !== undefined)
    return `read --only: found "${unknown}", expected some of ${known.map(({ name }) => name).join(', ')}`
  const [seeds, from, jobs] = [values.seeds, values.from, values.jobs].map(numberOf)
  if (seeds === undefined || from === undefined || jobs === undefined)
    return `read the numbers: found "${values.seeds}", "${values.from}" and "${values.jobs}", expected --seeds, --from and --jobs of 1 or more`
  if (values.write && names !== undefined)
    return 'read --write: found --only beside it, expected a table of all defects'
  const defects = names === undefined ? known : known.filter(({ name }) => names.includes(name))
  return { defects, isWhole: names === undefined, seeds, from, jobs, write: values.write }
}

function numberOf(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}
