import type { Observation } from '../../checker/observation.ts'

/** An observation without its position, which is that of its place in the log. */
export type Note = Observation extends infer One ? (One extends Observation ? Omit<One, 'at'> : never) : never

/** What an observer has seen so far, in order. */
export class ObservationLog {
  readonly #observations: Observation[] = []
  /** Virtual time of each, for the trace. */
  readonly #times: number[] = []
  readonly #now: () => number
  /** Hears each note. */
  heard: ((note: Note) => void) | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  get observations(): readonly Observation[] {
    return this.#observations
  }

  note(note: Note): void {
    this.#times.push(this.#now())
    this.#observations.push({ ...note, at: this.#observations.length } as Observation)
    this.heard?.(note)
  }

  /** Virtual milliseconds since the beginning of the run. */
  timeOf(at: number): number {
    return this.#times[at] ?? 0
  }
}
