/** Upper bounds of the histogram, in seconds: those of the reference's library (0.05 to 10), and finer ones below. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 5, 10, Number.POSITIVE_INFINITY]

/** Quantiles are read from counts whose bounds grow by an eighth of a doubling: at most 9 % apart. */
const STEPS_A_DOUBLING = 8
/** From 50 µs on; the last count, of all above, begins at some 100 s. */
const LEAST = 0.00005
const STEPS = 169

/** A bucket of a histogram: the number of durations up to `most` seconds. */
export interface DurationBucket {
  readonly most: number
  readonly count: number
}

/** Counts of durations: a fixed number of bytes for any number of them. Counts of 32 bits would begin again within weeks. */
export class DurationCounts {
  readonly #buckets = new Float64Array(BUCKETS.length)
  readonly #steps = new Float64Array(STEPS)
  #sum = 0
  #count = 0

  get sum(): number {
    return this.#sum
  }

  get count(): number {
    return this.#count
  }

  add(seconds: number): void {
    let bucket = 0
    while (seconds > (BUCKETS[bucket] as number)) bucket++
    this.#buckets[bucket]!++
    this.#steps[stepOf(seconds)]!++
    this.#sum += seconds
    this.#count++
  }

  /** Cumulative, as Prometheus has them. */
  buckets(): readonly DurationBucket[] {
    let count = 0
    return BUCKETS.map((most, at) => ({ most, count: (count += this.#buckets[at] ?? 0) }))
  }

  /** The duration that a share `part` of all does not exceed, at most 9 % too long; 0 where there are none. */
  quantile(part: number): number {
    const wanted = part * this.#count
    let count = 0
    for (let step = 0; step < STEPS; step++) {
      count += this.#steps[step] ?? 0
      if (count > 0 && count >= wanted) return mostOf(step)
    }
    return 0
  }
}

function stepOf(seconds: number): number {
  if (seconds <= LEAST) return 0
  return Math.min(STEPS - 1, Math.ceil(Math.log2(seconds / LEAST) * STEPS_A_DOUBLING))
}

function mostOf(step: number): number {
  return LEAST * 2 ** (step / STEPS_A_DOUBLING)
}
