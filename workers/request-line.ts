/** Begins a request that has waited for so many milliseconds; infinite: it is to be refused. */
export type BeginRequest = (waited: number) => void

/** A request that waits for a turn. */
export interface HeldRequest {
  /** Instant of its arrival, of `performance.now()`. */
  readonly since: number
  readonly begin: BeginRequest
}

/** A line whose waits are long for so many milliseconds is no burst any more. */
const BURST = 2_000
/** Milliseconds over which requests that begin are counted. */
const WINDOW = 250
/** So many may wait in a line that stands, however slowly they begin. */
const FEW = 32

/**
 * Requests in the order of their arrival. A burst waits as long as it takes. If waits stay long the line stands: then it holds as many
 * requests as begin in the time that each may wait, and a further one is refused at its arrival. If it were refused at the head instead,
 * every request would reach the head too late, and the service would do nothing but refuse.
 */
export class RequestLine {
  /** Milliseconds. */
  readonly #longest: number
  #line: HeldRequest[] = []
  /** Index of the oldest in `#line`. */
  #first = 0
  /** Since when waits have been long, and when one last was. */
  #longSince: number | undefined
  #longAt = 0
  #hasStood = false
  /** Requests that began since an instant, and the rate of the window before (a millisecond). */
  #window = { since: 0, begun: 0 }
  #rate = 0

  /** `longest`: milliseconds that a request may wait in a line that stands. After twice that it is refused. */
  constructor(longest: number) {
    this.#longest = longest
  }

  get length(): number {
    return this.#line.length - this.#first
  }

  /** True if a further request would wait for too long. */
  isFull(now: number): boolean {
    return this.#stands(now) && this.length >= Math.max(FEW, this.#rate * this.#longest)
  }

  add(request: HeldRequest): void {
    this.#line.push(request)
  }

  /** Begins at most so many requests, the oldest first; returns their number. */
  begin(most: number, now: number): number {
    const taken = this.#take(Math.min(most, this.length))
    this.#window.begun += taken.length
    for (const { since, begin } of taken) begin(now - since)
    return taken.length
  }

  /** Looks at the oldest wait: it tells if the line stands, and then requests that have waited for too long are refused, at most so many. */
  look(most: number, now: number): void {
    this.#count(now)
    const waited = this.#waited(0, now)
    if (waited > this.#longest / 2) this.#longAt = now
    else this.rested()
    if (waited > this.#longest) this.#longSince ??= now
    if (this.#longSince !== undefined && now - this.#longSince >= BURST) this.#hasStood = true
    if (!this.#stands(now) || waited <= 2 * this.#longest) return
    let late = 1
    while (late < most && this.#waited(late, now) > 2 * this.#longest) late++
    for (const { begin } of this.#take(late)) begin(Number.POSITIVE_INFINITY)
  }

  /** Waits are short again. */
  rested(): void {
    this.#longSince = undefined
  }

  /** A line stands until waits have been short for a while: else each end of the line would begin a burst. */
  #stands(now: number): boolean {
    if (now - this.#longAt >= BURST) this.#hasStood = false
    return this.#hasStood
  }

  /** Milliseconds that a request at this place has waited; 0 for none. */
  #waited(place: number, now: number): number {
    return now - (this.#line[this.#first + place]?.since ?? now)
  }

  #count(now: number): void {
    const { since, begun } = this.#window
    if (now - since < WINDOW) return
    this.#rate = begun / (now - since)
    this.#window = { since: now, begun: 0 }
  }

  #take(count: number): HeldRequest[] {
    const end = this.#first + count
    const taken = this.#line.slice(this.#first, end)
    this.#first = end
    // Those that are taken are dropped in bulk: a shift of each would move all others.
    if (2 * end >= this.#line.length) {
      this.#line = this.#line.slice(end)
      this.#first = 0
    }
    return taken
  }
}
