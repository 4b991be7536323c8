import { weigh } from '../events/head-cache.ts'
import type { Lane } from './lane.ts'
import type { Sendable, WaitingItem } from './sendable.ts'
import { LaneLine, PlainLine } from './waiting-line.ts'
import type { WaitingLine } from './waiting-line.ts'

/** The commands that wait for one channel: new ones and recovered ones, which take turns. */
export class WaitingCommands<Queued extends WaitingItem> {
  readonly #fresh: WaitingLine<Queued>
  readonly #recovered: WaitingLine<Queued>
  #isRecoveredNext = false
  #count = 0
  #bytes = 0

  /** `isByLane`: each lane has a line of its own. */
  constructor(isByLane: boolean) {
    this.#fresh = isByLane ? new LaneLine() : new PlainLine()
    this.#recovered = isByLane ? new LaneLine() : new PlainLine()
  }

  /** Commands in the lines, and those that wait behind others. */
  get count(): number {
    return this.#count
  }

  /** Their estimated bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Commands in the lines of one lane. */
  countOf(lane: Lane): number {
    return this.#fresh.lengthOf(lane) + this.#recovered.lengthOf(lane)
  }

  /** Recovered commands in the lines. */
  get recovered(): number {
    return this.#recovered.length
  }

  recoveredOf(lane: Lane): number {
    return this.#recovered.lengthOf(lane)
  }

  /** Counts a command, with an estimate of its bytes up to `most`. */
  admit(item: Sendable, most: number): number {
    const { payload, headers, body } = item.command
    const bytes = weigh(body ?? payload, most) + (headers === undefined ? 0 : weigh(headers, most))
    this.#count++
    this.#bytes += bytes
    return bytes
  }

  dismiss({ bytes }: Pick<Queued, 'bytes'>): void {
    this.#count--
    this.#bytes -= bytes
  }

  push(queued: Queued): void {
    const line = queued.item.isRecovered === true ? this.#recovered : this.#fresh
    line.push(queued)
  }

  /** Takes out the next command that may start: a new one and a recovered one in turns. */
  pull(mayStart: (queued: Queued) => boolean): Queued | undefined {
    this.#isRecoveredNext = !this.#isRecoveredNext
    const [first, second] = this.#isRecoveredNext ? [this.#recovered, this.#fresh] : [this.#fresh, this.#recovered]
    return this.#dismissed(first.shift(mayStart) ?? second.shift(mayStart))
  }

  /** Takes out a command whose lease has ended. Leases end roughly in the order of a line. */
  pullExpired(now: number): Queued | undefined {
    const hasExpired = ({ item }: Queued) => now >= item.expires
    return this.#dismissed(this.#fresh.shift(hasExpired) ?? this.#recovered.shift(hasExpired))
  }

  /** Takes out the commands that match, in the order in which they would have started. */
  withdraw(matches: (queued: Queued) => boolean): readonly Queued[] {
    const withdrawn = [...this.#fresh.withdraw(matches), ...this.#recovered.withdraw(matches)]
    for (const queued of withdrawn) this.dismiss(queued)
    return withdrawn
  }

  /** The first command of each line. */
  *heads(): Generator<Queued> {
    yield* this.#fresh.heads()
    yield* this.#recovered.heads()
  }

  #dismissed(queued: Queued | undefined): Queued | undefined {
    if (queued !== undefined) this.dismiss(queued)
    return queued
  }
}
