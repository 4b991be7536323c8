import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import process from 'node:process'
import { TestRunner } from 'vitest'
import type { RunnerTestCase, RunnerTestFile } from 'vitest'
import { hashOf, isInSample } from './mutant.ts'
import { StateLeft, Trials } from './trials.ts'
import { readVerdicts, record } from './verdicts.ts'
import { TASK_FILE } from './worker-task.ts'
import type { WorkerTask } from './worker-task.ts'

/** Unit tests of the core take milliseconds. */
const PATIENCE_MS = 3_000

/** Runs each test once as it is, and then once for every living mutant that it reaches, in the same worker. */
export default class MutantRunner extends TestRunner {
  readonly #task = JSON.parse(readFileSync(TASK_FILE, 'utf8')) as WorkerTask
  #file = { testFile: '', hash: '' }
  #trials = new Trials({ killed: new Set(), careful: false, patience: PATIENCE_MS, onKill: () => undefined })
  #isSpoiled = false

  override onCollectStart(file: RunnerTestFile): void {
    super.onCollectStart(file)
    const text = readFileSync(file.filepath, 'utf8')
    const testFile = relative(process.cwd(), file.filepath)
    const { keys, sample, results, careful } = this.#task
    this.#file = { testFile, hash: hashOf(text) }
    const dead = readVerdicts(results, read).flatMap((one) => (one.kind === 'file' ? [] : [one.mutant]))
    const numbers = new Map(Object.entries(keys).map(([number, key]) => [key, number]))
    const left = Object.values(keys).filter((key) => !isInSample(key, sample))
    this.#trials = new Trials({
      killed: new Set([...dead, ...left].map((key) => numbers.get(key) ?? '')),
      careful: careful.includes(testFile),
      patience: PATIENCE_MS,
      onKill: (number, kind, test) => record(results, { kind, mutant: this.#keyOf(number), ...this.#file, test }),
    })
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    try {
      await this.#trials.run(test.fullName, async () => TestRunner.getTestFn(test)())
    } catch (thrown) {
      // Any other failure is one of the test, which judges no mutant then: its own time-out under load, for instance.
      this.#isSpoiled ||= thrown instanceof StateLeft
      throw thrown
    }
  }

  override onAfterRunFiles(files: RunnerTestFile[]): void {
    super.onAfterRunFiles(files)
    if (this.#isSpoiled || this.#file.testFile === '') return
    const { tested, loaded } = this.#trials
    record(this.#task.results, {
      kind: 'file',
      ...this.#file,
      tested: tested.map((one) => this.#keyOf(one)),
      loaded: loaded.map((one) => this.#keyOf(one)),
    })
  }

  #keyOf(number: string): string {
    return this.#task.keys[number] ?? ''
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
