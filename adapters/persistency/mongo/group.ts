import type { Saved } from '../../../src/ports/persistency.ts'
import type { Write } from './write.ts'
import type { Settled } from './writer.ts'

interface Waiting {
  readonly write: Write
  readonly answer: (saved: Saved) => void
  readonly fail: (error: unknown) => void
}

/** Most writes in one request: with more, server and process take turns instead of working at the same time. */
const MOST = 32
/** Requests under way at once: whoever comes meanwhile need not wait for all of them. */
const LANES = 4

/** Writes that meet go in one request: those of one turn of the event loop, and those that come while all lanes are taken. */
export class Group {
  readonly #write: (writes: readonly Write[]) => Promise<readonly Settled[]>
  readonly #waiting: Waiting[] = []
  #underWay = 0
  #isScheduled = false

  constructor(write: (writes: readonly Write[]) => Promise<readonly Settled[]>) {
    this.#write = write
  }

  add(write: Write): Promise<Saved> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ write, answer, fail })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay >= LANES || this.#waiting.length === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      void this.#send(this.#waiting.splice(0, MOST))
      this.#schedule()
    })
  }

  async #send(group: readonly Waiting[]): Promise<void> {
    this.#underWay++
    try {
      const settled = await this.#write(group.map(({ write }) => write))
      for (const [at, one] of settled.entries()) {
        if (one.status === 'fulfilled') group[at]?.answer(one.value)
        else group[at]?.fail(one.reason)
      }
    } catch (thrown) {
      for (const { fail } of group) fail(thrown)
    } finally {
      this.#underWay--
      this.#schedule()
    }
  }
}
