import type { Acknowledgement } from '../../../checker/observation.ts'
import type { SagaEvent, SagaId } from '../../../../src/engine/saga.ts'
import type { Intake, Stuck } from '../../../../src/ports/source.ts'
import type { Dice } from '../run-chance.ts'
import type { SimulatedHost, SimulatedWorld } from '../simulated-world.ts'
import type { BrokerPartition, SimulatedBroker } from './simulated-broker.ts'

/** Records in the corridor at once; waits for a commit, and for the next try of a stuck event. */
const AT_ONCE = 4
const COMMIT = { least: 0, most: 1_000 }
const PUT_ASIDE = { least: 1_000, most: 5_000 }
/** Times that a stuck event is put aside before it becomes a dead letter (P20). */
const MOST_TIMES_STUCK = 5

/** Options of `SourceReading`. */
export interface SourceReadingOptions {
  readonly world: SimulatedWorld
  readonly host: SimulatedHost
  readonly dice: Dice
  readonly intake: Intake
  readonly broker: SimulatedBroker
  readonly partition: BrokerPartition
  readonly generation: number
  readonly hasDeadLetters: boolean
  readonly number: () => number
}

/** One partition as a member reads it, from the committed offset on. Events of one saga are handed in one after the other (I5). */
export class SourceReading {
  readonly #options: SourceReadingOptions
  readonly #tails = new Map<SagaId, Promise<void>>()
  readonly #settled = new Set<number>()
  /** Settled offsets whose events can never be applied: they were put aside. */
  readonly #poison = new Set<number>()
  /** Request of each offset that was handed in here. */
  readonly #requests = new Map<number, number>()
  #next: number
  #committed: number
  #underWay = 0
  #hasEnded = false

  constructor(options: SourceReadingOptions) {
    this.#options = options
    this.#next = options.partition.committed
    this.#committed = this.#next
  }

  /** Its partition is another's, or nobody's: what it has not acknowledged by now it never will. */
  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    for (const offset of this.#settled) if (offset >= this.#committed) this.#answer(offset, NOT_COMMITTED)
  }

  fetch(): void {
    const { records } = this.#options.partition
    while (!this.#hasEnded && this.#underWay < AT_ONCE && this.#next < records.length) {
      const offset = this.#next++
      const event = records[offset] as SagaEvent
      this.#underWay++
      const tail = (this.#tails.get(event.sagaId) ?? FREE).then(() => this.#handIn(event, offset))
      this.#tails.set(event.sagaId, tail)
    }
  }

  async #handIn(event: SagaEvent, offset: number): Promise<void> {
    const { intake, hasDeadLetters } = this.#options
    let since = Number.NEGATIVE_INFINITY
    this.#note(event, offset)
    for (let times = 0; !this.#hasEnded; times++) {
      const taken = await intake.take(event, () => !this.#hasEnded, hasDeadLetters)
      if (taken.kind === 'unwanted') break
      const isBuried = taken.kind === 'stuck' && hasDeadLetters && isToBeBuried(taken, { times, since })
      if (taken.kind === 'poison' || isBuried) this.#poison.add(offset)
      if (taken.kind !== 'stuck' || isBuried) return this.#settle(offset)
      if (times === 0) since = taken.lastWritten
      await this.#putAside()
    }
    this.#answer(offset, NOT_COMMITTED)
  }

  #note(event: SagaEvent, offset: number): void {
    const { world, host, number, partition } = this.#options
    const request = number()
    this.#requests.set(offset, request)
    const by = { door: 'source', event, partition: partition.name, offset } as const
    world.log.note({ kind: 'asked', clock: host.wallClock(), process: host.name, request, by })
  }

  #putAside(): Promise<void> {
    const { world, host, dice } = this.#options
    return new Promise((resolve) => world.agenda.after(dice.wait(PUT_ASIDE.least, PUT_ASIDE.most), resolve, host))
  }

  #settle(offset: number): void {
    this.#underWay--
    if (this.#hasEnded) return this.#answer(offset, NOT_COMMITTED)
    this.#settled.add(offset)
    this.#commitLater()
    this.fetch()
  }

  #commitLater(): void {
    const { world, host, dice } = this.#options
    world.agenda.after(dice.wait(COMMIT.least, COMMIT.most), () => this.#commit(), host)
  }

  #commit(): void {
    const { broker, partition, generation, dice } = this.#options
    let offset = this.#committed
    while (this.#settled.has(offset)) offset++
    if (offset === this.#committed || this.#hasEnded) return
    if (dice.fault('commit-lost')) return this.#commitLater()
    if (!broker.commit({ partition, generation, offset })) return
    for (let at = this.#committed; at < offset; at++) this.#noteCommitted(at)
    this.#committed = offset
  }

  #noteCommitted(offset: number): void {
    this.#answer(offset, this.#poison.has(offset) ? { kind: 'committed', isPoison: true } : { kind: 'committed' })
  }

  #answer(offset: number, answer: Acknowledgement): void {
    const { world, host } = this.#options
    const request = this.#requests.get(offset)
    if (request === undefined || host.isGone) return
    world.log.note({ kind: 'answered', clock: host.wallClock(), process: host.name, request, answer })
  }
}

const NOT_COMMITTED: Acknowledgement = { kind: 'not-committed' }
const FREE = Promise.resolve()

/** As the Kafka consumer decides (P20): put aside often enough while other events were written. */
function isToBeBuried(
  { isKept, lastWritten }: Stuck,
  before: { readonly times: number; readonly since: number },
): boolean {
  return isKept !== false && before.times >= MOST_TIMES_STUCK && lastWritten > before.since
}
