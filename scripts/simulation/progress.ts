import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchResult, RunSeedsOptions } from './batch.ts'

/** Where the state of an interrupted run is kept, and of which code it is. */
export interface ProgressPlace {
  readonly folder: string
  readonly code: string
  /** Milliseconds between two lines, and two states. Default: 5 s. */
  readonly every?: number | undefined
}

interface KeptProgress {
  readonly code: string
  /** Runs of each batch that is done, by its first seed. */
  readonly done: readonly (readonly [first: number, runs: number])[]
}

/** Progress of a run over many seeds: a line now and then, and a file from which an interrupted run goes on. */
export class Progress {
  readonly #file: string
  readonly #seeds: number
  readonly #place: ProgressPlace
  /** Runs of each batch that is done, by its first seed. */
  readonly #done = new Map<number, number>()
  readonly #began: number = performance.now()
  /** Runs of this process. */
  #runs = 0
  #saidAt: number = this.#began

  private constructor(file: string, seeds: number, place: ProgressPlace) {
    this.#file = file
    this.#seeds = seeds
    this.#place = place
  }

  /** Goes on where a run of the same seeds and the same code was interrupted. */
  static async open({ from, seeds, store, afresh }: RunSeedsOptions, place: ProgressPlace): Promise<Progress> {
    await mkdir(place.folder, { recursive: true })
    const file = join(place.folder, `${from}-${seeds}-${store ?? 'any'}.json`)
    const progress = new Progress(file, seeds, place)
    if (!afresh) await progress.#goOn()
    return progress
  }

  isDone(first: number): boolean {
    return this.#done.has(first)
  }

  /** A batch has ended without a violation. */
  async done({ from, runs }: BatchResult): Promise<void> {
    this.#done.set(from, runs)
    this.#runs += runs
    if (performance.now() - this.#saidAt < (this.#place.every ?? 5_000)) return
    this.#saidAt = performance.now()
    this.say()
    await this.#keep()
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

  async #goOn(): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch(() => undefined)
    if (text === undefined) return
    const { code, done } = JSON.parse(text) as KeptProgress
    if (code === this.#place.code) for (const [first, runs] of done) this.#done.set(first, runs)
    else console.log('the code has changed since the interrupted run of these seeds: they begin anew')
  }

  /** Whole or not at all: the process may be killed at any instant. */
  async #keep(): Promise<void> {
    const kept: KeptProgress = { code: this.#place.code, done: [...this.#done] }
    const temporary = `${this.#file}.part`
    await writeFile(temporary, JSON.stringify(kept))
    await rename(temporary, this.#file)
  }
}
