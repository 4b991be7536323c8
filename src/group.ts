export interface GroupCommitOptions<Item, Answer> {
  /** Sends them in one request and settles each, in their order. A rejection is the verdict of all. */
  readonly send: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Answer>[]>
  /** Calls it a little later: what is asked for until then goes together. */
  readonly soon: (flush: () => void) => unknown
  /** Requests under way at once. What comes meanwhile waits for the next one. */
  readonly lanes: number
  /** Most items of one request. */
  readonly most: number
  /** What an item weighs, and the most that those of one request weigh together, unless it is one alone. */
  readonly weight?: { readonly of: (item: Item) => number; readonly most: number }
  /** Milliseconds of a clock that is never set. */
  readonly now: () => number
  /** Why an item that has waited so many milliseconds for its turn is not sent any more; nothing where it is. */
  readonly lapsed: (item: Item, waited: number) => Error | undefined
}

interface WaitingItem<Item, Answer> {
  readonly item: Item
  /** When it was added. */
  readonly since: number
  readonly answer: (answer: Answer) => void
  readonly fail: (error: unknown) => void
}

/** Groups running that were all that was under way, before one is halved; and how many it must hold to be worth it. */
const LONELY = 4
const LEAST_HALVED = 16

/** Group commit for stores that are asked by requests: what meets goes in one, each item with an answer of its own (P20). */
export class GroupCommit<Item, Answer> {
  readonly #options: GroupCommitOptions<Item, Answer>
  #waiting: WaitingItem<Item, Answer>[] = []
  readonly #underWay = new Set<Promise<void>>()
  #isScheduled = false
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

  /** Resolves when all that was added has its answer. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#underWay.size > 0) {
      this.#flush()
      await Promise.all(this.#underWay)
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay.size >= this.#options.lanes) return
    this.#isScheduled = true
    const { soon } = this.#options // called without `this`, as hosts want their own functions called
    soon(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    this.#turnAway()
    while (this.#waiting.length > 0 && this.#underWay.size < this.#options.lanes) {
      const sending = this.#send(this.#take()).finally(() => {
        this.#underWay.delete(sending)
        if (this.#waiting.length > 0) this.#schedule()
      })
      this.#underWay.add(sending)
    }
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

  #take(): WaitingItem<Item, Answer>[] {
    const { weight } = this.#options
    const most = this.#most(this.#waiting.length)
    let sum = 0
    let count = 0
    for (const { item } of this.#waiting) {
      sum += weight?.of(item) ?? 0
      if (count === most || (count > 0 && weight !== undefined && sum > weight.most)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  /**
   * Who had their answers together ask again together, and then process and server only take turns. So what has gone alone
   * several times running goes in two halves: from then on one is on its way while the other is being made.
   */
  #most(waiting: number): number {
    this.#lonely = this.#underWay.size === 0 && waiting >= LEAST_HALVED ? this.#lonely + 1 : 0
    const { most } = this.#options
    return this.#lonely > LONELY ? Math.min(most, Math.ceil(waiting / 2)) : most
  }

  /** Never throws. */
  async #send(group: readonly WaitingItem<Item, Answer>[]): Promise<void> {
    try {
      const settled = await this.#options.send(group.map(({ item }) => item))
      for (const [place, { answer, fail }] of group.entries()) {
        const one = settled[place]
        if (one?.status === 'fulfilled') answer(one.value)
        else fail(one?.reason)
      }
    } catch (thrown) {
      for (const { fail } of group) fail(thrown)
    }
  }
}
