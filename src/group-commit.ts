/** Options of `GroupCommit`. */
export interface GroupCommitOptions<Item, Answer> {
  /** Sends a group in one request and settles each item, in the group's order. A rejection settles all of them. */
  readonly send: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Answer>[]>
  /** Calls `flush` at once or a little later; items added before that share a group. */
  readonly soon: (flush: () => void) => unknown
  /** Requests in flight at once. Items added meanwhile wait for the next one. */
  readonly lanes: number
  /**
   * Runs a function after so many milliseconds. With it, a request that is slow leaves its lane to the next one: the store may wait for
   * a lock of one saga. Absent where further requests would only wait behind that one.
   */
  readonly later?: ((run: () => void, milliseconds: number) => unknown) | undefined
  /** Most items of one group. */
  readonly most: number
  /** Weight of an item, and the most that a group may weigh. An item that is heavier goes alone. */
  readonly weight?: { readonly of: (item: Item) => number; readonly most: number }
  /**
   * Items of the same key are rivals: no group holds two of them, and groups take them in order. With more than one lane two
   * may be in flight at once. Default: no rivals.
   */
  readonly rivalKey?: (item: Item) => unknown
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** The error of an item that has waited too long, `waited` in ms; nothing where the item is still sent. */
  readonly lapsed: (item: Item, waited: number) => Error | undefined
}

interface GroupedItem<Item, Answer> {
  readonly item: Item
  /** Instant of `now` at which it was added. */
  readonly since: number
  readonly answer: (answer: Answer) => void
  readonly fail: (error: unknown) => void
}

/** Milliseconds after which a request in flight is slow, and the most slow ones that are not counted in the lanes. */
const [SLOW, MOST_SLOW] = [500, 32]
/** After so many groups that ran alone, a group is split in two, if at least so many items wait and a lane is free for both. */
const LONELY = 4
const LEAST_HALVED = 16

/** Group commit for stores behind requests: items added together share one request, and each has its own answer (P20). */
export class GroupCommit<Item, Answer> {
  readonly #options: GroupCommitOptions<Item, Answer>
  #waiting: GroupedItem<Item, Answer>[] = []
  /** Requests, since when; the oldest first. */
  readonly #inFlight = new Map<Promise<void>, number>()
  #isScheduled = false
  #isWatched = false
  #lonely = 0

  constructor(options: GroupCommitOptions<Item, Answer>) {
    this.#options = options
  }

  add(item: Item): Promise<Answer> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ item, since: this.#options.now(), answer, fail })
      this.#schedule()
    })
  }

  /** Resolves when every item that was added has its answer. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#inFlight.size > 0) {
      this.#flush()
      await Promise.all(this.#inFlight.keys())
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return
    if (this.#isFull()) return this.#watch()
    this.#isScheduled = true
    const { soon } = this.#options // called without `this`: functions of a host refuse another one
    soon(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    this.#turnAway()
    while (this.#waiting.length > 0 && !this.#isFull()) {
      const sending = this.#send(this.#take()).finally(() => {
        this.#inFlight.delete(sending)
        if (this.#waiting.length > 0) this.#schedule()
      })
      this.#inFlight.set(sending, this.#options.now())
    }
    if (this.#waiting.length > 0) this.#watch()
  }

  /** True if each lane has a request that is not slow. */
  #isFull(): boolean {
    const { lanes, later, now } = this.#options
    if (this.#inFlight.size < lanes) return false
    return later === undefined || this.#inFlight.size - this.#slow(now()) >= lanes
  }

  #slow(now: number): number {
    let slow = 0
    for (const since of this.#inFlight.values()) {
      if (now - since < SLOW || slow === MOST_SLOW) break
      slow++
    }
    return slow
  }

  /** Looks again when a request in flight may have become slow. */
  #watch(): void {
    const { later } = this.#options
    if (later === undefined || this.#isWatched) return
    this.#isWatched = true
    later(() => {
      this.#isWatched = false
      if (this.#waiting.length > 0) this.#schedule()
    }, SLOW)
  }

  #turnAway(): void {
    const now = this.#options.now()
    const { lapsed } = this.#options
    this.#waiting = this.#waiting.filter(({ item, since, fail }) => {
      const why = lapsed(item, now - since)
      if (why !== undefined) fail(why)
      return why === undefined
    })
  }

  #take(): GroupedItem<Item, Answer>[] {
    const most = this.#most(this.#waiting.length)
    const { rivalKey } = this.#options
    return rivalKey === undefined ? this.#takeFirst(most) : this.#takeWithoutRivals(most, rivalKey)
  }

  #takeFirst(most: number): GroupedItem<Item, Answer>[] {
    const { weight } = this.#options
    let sum = 0
    let count = 0
    for (const { item } of this.#waiting) {
      sum += weight?.of(item) ?? 0
      if (count === most || (count > 0 && weight !== undefined && sum > weight.most)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  #takeWithoutRivals(most: number, rivalKey: (item: Item) => unknown): GroupedItem<Item, Answer>[] {
    const { weight } = this.#options
    const group: GroupedItem<Item, Answer>[] = []
    const left: GroupedItem<Item, Answer>[] = []
    const keys = new Set<unknown>()
    let sum = 0
    for (const one of this.#waiting) {
      const key = rivalKey(one.item)
      const heavier = sum + (weight?.of(one.item) ?? 0)
      const hasRoom = group.length < most && (group.length === 0 || weight === undefined || heavier <= weight.most)
      if (hasRoom && !keys.has(key)) {
        group.push(one)
        sum = heavier
      } else left.push(one)
      keys.add(key)
    }
    this.#waiting = left
    return group
  }

  /**
   * Callers released together resubmit together, so client and server alternate. After LONELY groups that ran alone, split in two
   * to overlap them; with one lane halves would only follow each other.
   */
  #most(waiting: number): number {
    const { lanes, most } = this.#options
    const isLonely = lanes > 1 && this.#inFlight.size === 0 && waiting >= LEAST_HALVED
    this.#lonely = isLonely ? this.#lonely + 1 : 0
    return this.#lonely > LONELY ? Math.min(most, Math.ceil(waiting / 2)) : most
  }

  /** Never throws. */
  async #send(group: readonly GroupedItem<Item, Answer>[]): Promise<void> {
    try {
      const settled = await this.#options.send(group.map(({ item }) => item))
      for (const [index, { answer, fail }] of group.entries()) {
        const one = settled[index]
        if (one?.status === 'fulfilled') answer(one.value)
        else fail(one?.reason)
      }
    } catch (thrown) {
      for (const { fail } of group) fail(thrown)
    }
  }
}
