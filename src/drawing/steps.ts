/** A computation in short steps: a caller that shares its thread does other work between two of them. */
export type Steps<T> = Generator<undefined, T, undefined>

/** Joins pieces of work that are too small for a step of their own: a step through all its generators costs as much as one of them. */
export class Pieces {
  #waiting = 0

  /** Counts so many more; true where a step is due before them. */
  fill(count: number): boolean {
    this.#waiting += count
    if (this.#waiting < A_STEP) return false
    this.#waiting = 0
    return true
  }
}

/** Pieces in a step: items of layers take about a microsecond each, those with many links more. */
const A_STEP = 100

/** The result of all steps, without a break. */
export function inOneGo<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** One step for each value. */
export function* mapInSteps<T, R>(values: readonly T[], made: (value: T) => R): Steps<readonly R[]> {
  const results: R[] = []
  for (const value of values) {
    yield
    results.push(made(value))
  }
  return results
}
