import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { startVitest } from 'vitest/node'
import { copyClone } from './copy-clone.ts'
import { instrument } from './instrument.ts'
import { isInSample } from './mutant.ts'
import type { Mutant } from './mutant.ts'
import type { MutateOptions, Room } from './options.ts'
import { ShortestFirst } from './shortest-first.ts'
import { clear, readVerdicts } from './verdicts.ts'
import type { Verdict } from './verdicts.ts'
import { TASK_FILE } from './worker-task.ts'
import type { WorkerTask } from './worker-task.ts'

/** A room's mutants, and what its test files said to them. */
export interface RoomResults {
  readonly mutants: readonly Mutant[]
  readonly verdicts: readonly Verdict[]
}

/** Workers that may give up on a test file, each after a mutant left something behind, before the rest of it stays unjudged. */
const MOST_ROUNDS = 20

/** Runs the mutants of a room against the unit tests of the same name, in a copy of the clone. */
export async function runRoom(
  room: Room,
  { workers, resume, sample }: Omit<MutateOptions, 'rooms'>,
): Promise<RoomResults> {
  const results = resolve(`data/mutate/${room.name}${sample === 1 ? '' : `-1of${sample}`}.jsonl`)
  if (!resume || !existsSync(results)) clear(results)
  const { sources, mutants } = await instrument(room.files)
  const keys = Object.fromEntries([...mutants].map(([number, { key }]) => [number, key]))
  const copy = copyClone(sources)
  try {
    const verdicts = () => readVerdicts(results, (path) => textOf(join(copy.root, path)))
    let careful: readonly string[] = []
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const left = filesLeft(copy.root, room.name, { verdicts: verdicts(), keys: Object.values(keys) })
      if (left.length === 0) break
      const task: WorkerTask = { keys, sample, results, careful }
      writeFileSync(join(copy.root, TASK_FILE), JSON.stringify(task))
      await runTests(copy.root, left, workers)
      careful = left
    }
    return { mutants: [...mutants.values()].filter(({ key }) => isInSample(key, sample)), verdicts: verdicts() }
  } finally {
    copy.remove()
  }
}

/** Test files that have not met all mutants of this code: a resumed run after a change of the code begins anew. */
function filesLeft(
  root: string,
  room: string,
  { verdicts, keys }: { readonly verdicts: readonly Verdict[]; readonly keys: readonly string[] },
): readonly string[] {
  const known = new Set(keys)
  const done = verdicts.filter(
    (one) => one.kind === 'file' && [...one.tested, ...one.loaded].every((key) => known.has(key)),
  )
  const names = new Set(done.map(({ testFile }) => testFile))
  return globSync(`test/unit/${room}/**/*.test.ts`, { cwd: root }).filter((path) => !names.has(path))
}

async function runTests(root: string, files: readonly string[], workers: number): Promise<void> {
  const before = process.cwd()
  process.chdir(root)
  try {
    const vitest = await startVitest('test', [...files], {
      root,
      config: false,
      watch: false,
      include: [...files],
      runner: './scripts/mutate/mutant-runner.ts',
      setupFiles: ['./scripts/mutate/same-inputs.ts'],
      pool: 'forks',
      maxWorkers: workers,
      // Of a whole file, with all of its mutants: endless ones end by themselves.
      testTimeout: 0,
      reporters: ['default'],
      dangerouslyIgnoreUnhandledErrors: true,
      sequence: { sequencer: ShortestFirst },
    })
    await vitest.close()
  } finally {
    process.chdir(before)
  }
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
