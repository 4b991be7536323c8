import { clearTimeout, setImmediate, setTimeout } from 'node:timers'
import { BatutaError } from '../../../src/errors.ts'
import { failure, isBusy } from './failure.ts'
import { BUSY_TIMEOUT } from './connect.ts'

export interface SqliteGroupCommitOptions<Item, Answer> {
  readonly path: string
  /** Writes all of it durably in one transaction and answers one by one, or throws and has written nothing that counts. */
  readonly write: (items: readonly Item[]) => readonly Answer[]
  /** Uniform in [0, 1). */
  readonly random: () => number
}

interface WaitingSave<Item, Answer> {
  readonly item: Item
  readonly answer: (answer: Answer) => void
  readonly fail: (error: BatutaError) => void
}

/** Most writes in one transaction: more would hold up the requests that are being read. */
const MOST = 512
/** Milliseconds that a group is tried again while somebody else holds the file (P22). */
const PATIENCE = 5_000
const LONGEST_WAIT = 50

/**
 * Group commit: everything that was asked for in one turn of the event loop is one transaction, hence one sync of the
 * disk, and nobody is answered before it.
 */
export class SqliteGroupCommit<Item, Answer> {
  readonly #options: SqliteGroupCommitOptions<Item, Answer>
  #waiting: WaitingSave<Item, Answer>[] = []
  #isScheduled = false
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Milliseconds that the first of the waiting has been kept by a busy file, and how often. */
  #kept = 0
  #tries = 0

  constructor(options: SqliteGroupCommitOptions<Item, Answer>) {
    this.#options = options
  }

  add(item: Item): Promise<Answer> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ item, answer, fail })
      this.#schedule()
    })
  }

  /** Writes what waits, now; what cannot be written is told so. */
  close(): void {
    clearTimeout(this.#timer)
    this.#isScheduled = true // nothing is taken up by itself any more
    while (this.#waiting.length > 0) {
      this.#kept = PATIENCE
      this.#flush()
    }
  }

  /** After the poll phase: every request that was read in it has its write in this group. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isScheduled = false
    this.#flush()
    if (this.#waiting.length > 0) this.#schedule()
  }

  #flush(): void {
    const group = this.#take()
    if (group.length === 0) return
    try {
      this.#write(group)
    } catch (thrown) {
      if (isBusy(thrown)) this.#keep(group, thrown)
      else this.#oneByOne(group, thrown)
    }
  }

  #take(): WaitingSave<Item, Answer>[] {
    const waiting = this.#waiting
    if (waiting.length > MOST) return waiting.splice(0, MOST)
    this.#waiting = []
    return waiting
  }

  #write(group: readonly WaitingSave<Item, Answer>[]): void {
    const answers = this.#options.write(group.map(({ item }) => item))
    this.#kept = 0
    this.#tries = 0
    for (const [place, answer] of answers.entries()) group[place]?.answer(answer)
  }

  /** The file is held by somebody: the group goes back to the front and waits outside of SQLite, so that timers run (P22). */
  #keep(group: WaitingSave<Item, Answer>[], thrown: unknown): void {
    // All that waits has waited for the same file: nobody's patience begins anew (P21).
    if (this.#kept >= PATIENCE) return this.#giveUp(group.concat(this.#waiting.splice(0)), thrown)
    this.#waiting = group.concat(this.#waiting)
    const wait = 1 + this.#options.random() * Math.min(LONGEST_WAIT, 2 ** this.#tries++)
    this.#kept += wait + BUSY_TIMEOUT
    this.#isScheduled = true
    this.#timer = setTimeout(this.#turn, wait)
  }

  #giveUp(group: readonly WaitingSave<Item, Answer>[], thrown: unknown): void {
    this.#kept = 0
    this.#tries = 0
    for (const { fail } of group) fail(failure('save to the store', this.#options.path, thrown))
  }

  /** Whatever is wrong with one must not be the verdict of the others (P20). */
  #oneByOne(group: readonly WaitingSave<Item, Answer>[], thrown: unknown): void {
    if (group.length === 1) return this.#giveUp(group, thrown)
    for (const waiting of group) {
      try {
        this.#write([waiting])
      } catch (again) {
        waiting.fail(failure('save to the store', this.#options.path, again))
      }
    }
  }
}
