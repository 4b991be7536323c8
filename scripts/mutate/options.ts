import { existsSync, globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

/** A folder of `src` and the files of it that are mutated. Its unit tests stand in the folder of the same name in `test/unit`. */
export interface Room {
  readonly name: string
  readonly files: readonly string[]
}

export interface MutateOptions {
  readonly rooms: readonly Room[]
  readonly workers: number
  /** Keep earlier results whose code and tests are as they were. */
  readonly resume: boolean
  /** One mutant of so many is run: 1 for all of them. */
  readonly sample: number
}

/** Rooms of a run without `--only` and `--files`. */
const ROOMS = 'src/engine,src/codec,src/orchestrator'

/**
 * The options of `npm run mutate`, or a text that says what is wrong with the arguments.
 * Paths are relative to the working directory, the root of the clone.
 */
export function readOptions(args: readonly string[]): MutateOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: ROOMS },
      files: { type: 'string' },
      workers: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
      resume: { type: 'boolean', default: false },
      sample: { type: 'string', default: '1/1' },
    },
  })
  const workers = Number(values.workers)
  if (!Number.isSafeInteger(workers) || workers < 1) {
    return `read --workers: found "${values.workers}", expected a number of at least 1`
  }
  const sample = Number(/^1\/([1-9]\d*)$/.exec(values.sample)?.[1])
  if (!Number.isSafeInteger(sample)) return `read --sample: found "${values.sample}", expected one of so many, as 1/4`
  const paths = values.files?.split(',') ?? values.only.split(',').flatMap(filesOf)
  const wrong = paths.find((path) => roomOf(path) === undefined || !existsSync(path))
  if (wrong !== undefined) {
    return `read the files to mutate: found "${wrong}", expected TypeScript in a folder of src with a folder of the same name in test/unit`
  }
  return { rooms: byRoom(paths), workers, resume: values.resume, sample }
}

/** A folder without files stands for itself, and is then refused by its name. */
function filesOf(folder: string): readonly string[] {
  const files = globSync(`${folder}/**/*.ts`).toSorted()
  return files.length === 0 ? [folder] : files
}

function roomOf(path: string): string | undefined {
  const name = /^src\/([^/]+)\/.*\.ts$/.exec(path)?.[1]
  return name !== undefined && existsSync(`test/unit/${name}`) ? name : undefined
}

function byRoom(paths: readonly string[]): readonly Room[] {
  const rooms = Map.groupBy(paths, (path) => roomOf(path) ?? '')
  return [...rooms].map(([name, files]) => ({ name, files }))
}
