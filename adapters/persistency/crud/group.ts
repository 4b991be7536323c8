import { BatutaError } from '../../../src/errors.ts'

/** What is to be written: its size, and when its writer must have an answer (`performance.now()`). */
export interface Item {
  readonly text: string
  readonly until: number
}

export interface GroupOptions<Each extends Item, Answer> {
  /** Answers one by one, in order, or rejects: then nothing is known of any of them. */
  readonly write: (items: readonly Each[]) => Promise<readonly PromiseSettledResult<Answer>[]>
  /** Milliseconds that an item must have left: the least of a group is the time-out of all of it. */
  readonly least: number
  /** What is said to those who have less when their turn comes. */
  readonly late: string
}

interface Waiting<Each, Answer> {
  readonly item: Each
  readonly answer: (answer: Answer) => void
  readonly fail: (error: unknown) => void
}

/** Most writes in one request, and their characters unless it is one alone. */
const MOST = 256
const LARGEST = 4 * 1024 * 1024
/** Requests at once: while the service works on one group, the other is on its way. */
const LANES = 2
/** Groups running that were all that was under way, before one is halved; and how many it must hold to be worth it. */
const LONELY = 4
const LEAST_HALVED = 16

/** Group commit: while requests are under way the next writes collect, and then go as one. */
export class Group<Each extends Item, Answer> {
  readonly #options: GroupOptions<Each, Answer>
  #waiting: Waiting<Each, Answer>[] = []
  readonly #underWay = new Set<Promise<void>>()
  #isScheduled = false
  #lonely = 0

  constructor(options: GroupOptions<Each, Answer>) {
    this.#options = options
  }

  add(item: Each): Promise<Answer> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ item, answer, fail })
      this.#schedule()
    })
  }

  /** Resolves when all that was added has its answer. */
  async idle(): Promise<void> {
    while (this.#isScheduled || this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /** After this turn: what is asked for in one breath is one request. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#underWay.size >= LANES || this.#waiting.length === 0) return
    const group = this.#take()
    if (group.length === 0) return
    const done = this.#write(group).finally(() => {
      this.#underWay.delete(done)
      this.#flush()
    })
    this.#underWay.add(done)
    if (this.#waiting.length > 0) this.#schedule()
  }

  #take(): Waiting<Each, Answer>[] {
    const now = performance.now() + this.#options.least
    const late = this.#waiting.filter(({ item }) => item.until < now)
    const waiting = late.length === 0 ? this.#waiting : this.#waiting.filter(({ item }) => item.until >= now)
    for (const { fail } of late) fail(new BatutaError('store-unavailable', this.#options.late))
    const most = this.#most(waiting.length)
    let [count, size] = [0, 0]
    for (const { item } of waiting) {
      size += item.text.length
      if (count === most || (count > 0 && size > LARGEST)) break
      count++
    }
    this.#waiting = waiting.slice(count)
    return waiting.slice(0, count)
  }

  /**
   * Who had their answers together ask again together, and then process and server only take turns. So what has gone alone
   * several times running goes in two halves: from then on one is on its way while the other is being made.
   */
  #most(waiting: number): number {
    this.#lonely = this.#underWay.size === 0 && waiting >= LEAST_HALVED ? this.#lonely + 1 : 0
    return this.#lonely > LONELY ? Math.min(MOST, Math.ceil(waiting / 2)) : MOST
  }

  async #write(group: readonly Waiting<Each, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.write(group.map(({ item }) => item))
      for (const [place, { answer, fail }] of group.entries()) {
        const settled = answers[place]
        if (settled?.status === 'fulfilled') answer(settled.value)
        else fail(settled?.reason)
      }
    } catch (thrown) {
      for (const { fail } of group) fail(thrown)
    }
  }
}
