import { BatutaError } from '../../../src/errors.ts'
import { Refused } from './failure.ts'

export interface GroupOptions<Item, Answer> {
  /** Sends all of it in one request and answers one by one; throws where the fate of all is unknown. */
  readonly send: (items: readonly Item[]) => Promise<readonly Answer[]>
  /** The same for one of a group that failed, in a quarter of the time. */
  readonly sendAgain: (item: Item) => Promise<Answer>
  readonly sizeOf: (item: Item) => number
  /** Whether there is time for sending again what went out then (a monotonic instant). */
  readonly isEarly: (since: number) => boolean
  readonly fail: (thrown: unknown) => BatutaError
}

interface Waiting<Item, Answer> {
  readonly item: Item
  readonly answer: (answer: Answer) => void
  readonly fail: (error: BatutaError) => void
}

/** Items in one request, and their estimated size: Upstash takes requests of 10 MB. */
const MOST = 128
const MOST_SIZE = 1_000_000
/** Requests under way at once. What comes meanwhile waits for the next one, together. */
const LANES = 4
/** Groups running that were all that was under way, before one is halved; and how many it must hold to be worth it. */
const LONELY = 4
const LEAST_HALVED = 16

/** The next turn of the event loop, so that what is asked for in this one goes together; or soon, where a host has no turns. */
const soon = (globalThis as { setImmediate?: (run: () => void) => unknown }).setImmediate ?? setTimeout

/** Items that meet go in one request. Each has its own verdict, so a group may hold anything, creations too. */
export class Group<Item, Answer> {
  readonly #options: GroupOptions<Item, Answer>
  #waiting: Waiting<Item, Answer>[] = []
  #isScheduled = false
  #lonely = 0
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: GroupOptions<Item, Answer>) {
    this.#options = options
  }

  add(item: Item): Promise<Answer> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ item, answer, fail })
      this.#schedule()
    })
  }

  /** Resolves when everything that was asked for has its answer. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#underWay.size > 0) {
      this.#flush()
      await Promise.race(this.#underWay)
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay.size >= LANES) return
    this.#isScheduled = true
    soon(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#underWay.size < LANES) {
      const sending = this.#send(this.#take()).finally(() => {
        this.#underWay.delete(sending)
        if (this.#waiting.length > 0) this.#schedule()
      })
      this.#underWay.add(sending)
    }
  }

  #take(): Waiting<Item, Answer>[] {
    const most = this.#most(this.#waiting.length)
    let size = 0
    let count = 0
    for (const { item } of this.#waiting) {
      size += this.#options.sizeOf(item)
      if (count === most || (count > 0 && size > MOST_SIZE)) break
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
    return this.#lonely > LONELY ? Math.min(MOST, Math.ceil(waiting / 2)) : MOST
  }

  /** Never throws. */
  async #send(group: readonly Waiting<Item, Answer>[]): Promise<void> {
    const since = performance.now()
    try {
      const answers = await this.#options.send(group.map(({ item }) => item))
      for (const [place, one] of group.entries()) one.answer(answers[place] as Answer)
    } catch (thrown) {
      if (group.length > 1 && this.#options.isEarly(since)) return this.#oneByOne(group)
      for (const { fail } of group) fail(this.#options.fail(thrown))
    }
  }

  /**
   * Whatever is wrong with one must not be the verdict of the others (P20). Where there is no answer to the first one either,
   * the store is away: the others need not find out each by itself.
   */
  async #oneByOne(group: readonly Waiting<Item, Answer>[]): Promise<void> {
    const [first, ...others] = group
    const thrown = first && (await this.#alone(first))
    if (thrown !== undefined && !(thrown instanceof Refused)) {
      for (const { fail } of others) fail(this.#options.fail(thrown))
      return
    }
    await Promise.all(others.map((one) => this.#alone(one)))
  }

  async #alone({ item, answer, fail }: Waiting<Item, Answer>): Promise<unknown> {
    try {
      answer(await this.#options.sendAgain(item))
      return undefined
    } catch (thrown) {
      fail(this.#options.fail(thrown))
      return thrown
    }
  }
}
