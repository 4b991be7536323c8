/** Options of a fuzz run against one door. */
export interface FuzzOptions {
  readonly inputs: number
  /** The same seed makes the same inputs. */
  readonly seed: number
  /** Receives progress lines. */
  readonly log: (line: string) => void
}

/** Figures of a fuzz run. */
export interface FuzzResult {
  readonly inputs: number
  /** Outcome → number of inputs. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Violations, each with the input that shows it; the first hundred. */
  readonly failures: readonly string[]
}
