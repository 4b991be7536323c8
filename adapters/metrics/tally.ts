const SEPARATOR = '\u0000'

/**
 * Counts by labels between two scrapes. The hot path counts several times for each event, and a map entry is cheaper than a
 * counter's labels; a scrape every few seconds moves the counts into the counter.
 */
export class Tally {
  readonly #names: readonly string[]
  readonly #flushTo: (labels: Record<string, string>, by: number) => void
  readonly #counts = new Map<string, number>()

  constructor(names: readonly string[], flushTo: (labels: Record<string, string>, by: number) => void) {
    this.#names = names
    this.#flushTo = flushTo
  }

  /** `labels` are in the order of the names. */
  add(...labels: readonly string[]): void {
    const word = labels.length === 1 ? (labels[0] as string) : labels.join(SEPARATOR)
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1)
  }

  /** Makes the series of these labels, at zero where it is new. */
  prepare(...labels: readonly string[]): void {
    this.#flushTo(this.#named(labels), 0)
  }

  /** Adds the counts since the last flush to the counter. */
  flush(): void {
    for (const [word, count] of this.#counts) this.#flushTo(this.#named(word.split(SEPARATOR)), count)
    this.#counts.clear()
  }

  #named(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.#names.map((name, at) => [name, values[at] ?? '']))
  }
}
