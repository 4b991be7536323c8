/** A worker's part of a run, as JSON in `TASK_FILE` of the copy. */
export interface WorkerTask {
  /** Keys of the room's mutants by their numbers. */
  readonly keys: Readonly<Record<string, string>>
  /** One mutant of so many is run: 1 for all of them. */
  readonly sample: number
  /** File of the results. */
  readonly results: string
  /** Test files that run the unchanged code before each mutant: in an earlier worker, a mutant left them unable to pass. */
  readonly careful: readonly string[]
}

/** At the root of the copy, in which the workers run. */
export const TASK_FILE = 'mutate-task.json'
