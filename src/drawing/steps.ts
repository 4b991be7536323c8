/** A computation in short steps: a caller that shares its thread does other work between two of them. */
export type Steps<T> = Generator<undefined, T, undefined>

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
