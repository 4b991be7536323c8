/** Resolves once all work that waits for nothing is done: the only thing that a simulation needs of its host. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
