/** What a fuzz of a door is asked for. */
export interface FuzzOptions {
  readonly inputs: number
  /** The same seed makes the same inputs. */
  readonly seed: number
  /** Told how far it is. */
  readonly log: (line: string) => void
}

export interface Fuzzed {
  readonly inputs: number
  /** How often each outcome was met. */
  readonly outcomes: Readonly<Record<string, number>>
  /** What must not be, each with the input that shows it; the first hundred. */
  readonly failures: readonly string[]
}
