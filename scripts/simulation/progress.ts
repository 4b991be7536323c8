import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchResult, RunSeedsOptions } from './batch.ts'

/** Folder of the states of interrupted runs, in the working directory. */
const FOLDER = 'data/simulation'
/** Milliseconds between two lines, and two states. */
const LINE = 5_000

/** Progress of a run over many seeds: a line now and then, and a file from which an interrupted run goes on. */
export class Progress {
  readonly #file: string
  readonly #seeds: number
  /** Runs of each batch that is done, by its first seed. */
  readonly #done: Map<number, number>
  readonly #began: number = performance.now()
  /** Runs of this process. */
  #runs = 0
  #saidAt: number = this.#began

  private constructor(file: string, seeds: number, done: Map<number, number>) {
    this.#file = file
    this.#seeds = seeds
    this.#done = done
  }

  static async open({ from, seeds, store, afresh }: RunSeedsOptions): Promise<Progress> {
    await mkdir(FOLDER, { recursive: true })
    const file = join(FOLDER, `${from}-${seeds}-${store ?? 'any'}.json`)
    if (afresh) await rm(file, { force: true })
    const text = await readFile(file, 'utf8').catch(() => '[]')
    return new Progress(file, seeds, new Map(JSON.parse(text) as [number, number][]))
  }

  isDone(first: number): boolean {
    return this.#done.has(first)
  }

  /** A batch has ended without a violation. */
  async done({ from, runs }: BatchResult): Promise<void> {
    this.#done.set(from, runs)
    this.#runs += runs
    if (performance.now() - this.#saidAt < LINE) return
    this.#saidAt = performance.now()
    this.say()
    await writeFile(this.#file, JSON.stringify([...this.#done]))
  }

  /** All seeds are done: the next run of them begins afresh. */
  async end(): Promise<void> {
    await rm(this.#file, { force: true })
  }

  /** One line: seeds so far, and the rate of this process. */
  say(): void {
    const seconds = (performance.now() - this.#began) / 1_000
    const all = [...this.#done.values()].reduce((sum, runs) => sum + runs, 0)
    console.log(`${all} of ${this.#seeds} seeds, ${Math.round(this.#runs / seconds)} a second`)
  }
}
