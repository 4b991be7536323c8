import { clearTimeout, setImmediate, setTimeout } from 'node:timers'
import { BatutaError } from '../../../src/errors.ts'
import { failure, isBusy } from './failure.ts'
import { BUSY_TIMEOUT } from './connect.ts'

/** Options of `SqliteGroupCommit`. */
export interface SqliteGroupCommitOptions<Item, Answer> {
  readonly path: string
  /** Writes all items durably in one transaction and answers one by one, or throws and has written none that counts. */
  readonly write: (items: readonly Item[]) => readonly Answer[]
  /** Uniform in [0, 1). */
  readonly random: () => number
}

interface WaitingSave<Item, Answer> {
  readonly item: Item
  readonly answer: (answer: Answer) => void
  readonly fail: (error: BatutaError) => void
}

/** Most writes of one transaction: more would delay the requests being read. */
const MOST = 512
/**
 * A group of so many saves waits for further ones while each turn of the event loop brings some, for at most this share of the time
 * that the last write took. A slow disk then holds up fewer turns, in each of which few connections are accepted.
 */
const [GATHERED, GATHERING]: readonly [number, number] = [8, 0.25]
/** Milliseconds that a group is tried again while another process holds the file (P22). */
const PATIENCE = 5_000
const LONGEST_WAIT = 50

/**
 * Group commit: the saves of one turn of the event loop are one transaction, hence one sync of the disk, and are answered after
 * it. Synchronous, so that no other write comes between and `close` can end it.
 */
export class SqliteGroupCommit<Item, Answer> {
  readonly #options: SqliteGroupCommitOptions<Item, Answer>
  #waiting: WaitingSave<Item, Answer>[] = []
  #isScheduled = false
  /** Milliseconds that the last write took. */
  #lastWrite = 0
  /** Begin of the wait for further saves, and those that were there at the last turn. */
  #since = 0
  #seen = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Milliseconds that the oldest waiting save was delayed by a busy file, and the number of tries. */
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

  /** Writes waiting saves now; fails those that cannot be written. */
  close(): void {
    clearTimeout(this.#timer)
    this.#isScheduled = true // no turn of its own any more
    while (this.#waiting.length > 0) {
      this.#kept = PATIENCE
      this.#flush()
    }
  }

  /** After the poll phase: the saves of every request read in it share this group. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#seen = 0
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    if (this.#gathers()) return void setImmediate(this.#turn)
    this.#isScheduled = false
    this.#flush()
    if (this.#waiting.length > 0) this.#schedule()
  }

  /** True where further saves are waited for. */
  #gathers(): boolean {
    const [now, { length }, seen] = [performance.now(), this.#waiting, this.#seen]
    if (seen === 0) this.#since = now
    this.#seen = length
    return length >= GATHERED && length < MOST && length > seen && now - this.#since < GATHERING * this.#lastWrite
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
    const begun = performance.now()
    const answers = this.#options.write(group.map(({ item }) => item))
    this.#lastWrite = performance.now() - begun
    this.#kept = 0
    this.#tries = 0
    for (const [place, answer] of answers.entries()) group[place]?.answer(answer)
  }

  /** The file is busy: the group goes back to the front and waits outside of SQLite, so that timers run (P22). */
  #keep(group: WaitingSave<Item, Answer>[], thrown: unknown): void {
    // All that waits has waited for the same file, so the patience does not begin again (P21).
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

  /** Item by item, so that one bad save does not fail the others (P20). */
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
