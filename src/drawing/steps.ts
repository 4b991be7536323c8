/** A computation in short steps: a caller that shares its thread does other work between two of them. */
export type Steps<T> = Generator<undefined, T, undefined>

/** The result of all steps, without a break. */
export function inOneGo<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
