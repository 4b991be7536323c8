import type { Duration, SagaEvent } from '../../../../src/engine/saga.ts'
import type { Dice } from '../run-chance.ts'
import type { SimulatedHost, SimulatedWorld } from '../simulated-world.ts'

/** A partition: its records in order, and the offset up to which they are acknowledged. */
export interface BrokerPartition {
  readonly name: string
  readonly records: SagaEvent[]
  committed: number
}

/** A process in the consumer group. */
export interface BrokerMember {
  readonly host: SimulatedHost
  /** It reads these partitions from now on, from their committed offsets, and no others. */
  assigned(partitions: readonly BrokerPartition[], generation: number): void
  /** A record has come to one of its partitions. */
  wake(): void
}

/** Interval at which the broker misses members that are gone, and may rebalance. */
const LOOK: Duration = 3_000

/** A broker with one topic and one consumer group. What was acknowledged is not read again; everything else may be. */
export class SimulatedBroker {
  readonly partitions: readonly BrokerPartition[]
  readonly #world: SimulatedWorld
  readonly #dice: Dice
  #members: BrokerMember[] = []
  #generation = 0

  constructor(world: SimulatedWorld, count: number) {
    this.#world = world
    this.#dice = world.chance.stream('broker')
    this.partitions = Array.from({ length: count }, (_, index) => ({
      name: `events/${index}`,
      records: [],
      committed: 0,
    }))
  }

  start(): void {
    this.#world.agenda.every(LOOK, () => this.#look())
  }

  /** Every record is acknowledged. */
  get isSettled(): boolean {
    return this.partitions.every(({ records, committed }) => committed >= records.length)
  }

  /** Events of one saga are in one partition, in the order in which they come. */
  append(event: SagaEvent): void {
    const partition = this.partitions[hashOf(event.sagaId) % this.partitions.length] as BrokerPartition
    partition.records.push(event)
    for (const member of this.#members) if (!member.host.isGone) member.wake()
  }

  join(member: BrokerMember): void {
    this.#members.push(member)
    this.#rebalance()
  }

  leave(member: BrokerMember): void {
    this.#members = this.#members.filter((one) => one !== member)
    this.#rebalance()
  }

  /** Acknowledges all records before an offset; refused from a member of an earlier generation. */
  commit({ partition, generation, offset }: Commit): boolean {
    if (generation !== this.#generation) return false
    partition.committed = Math.max(partition.committed, offset)
    return true
  }

  #look(): void {
    const left = this.#members.filter(({ host }) => !host.isGone)
    const isChanged = left.length < this.#members.length
    this.#members = left
    if (isChanged || this.#dice.fault('rebalance')) this.#rebalance()
  }

  #rebalance(): void {
    const members = this.#members.filter(({ host }) => !host.isGone)
    const generation = ++this.#generation
    const first = members.length === 0 ? 0 : this.#dice.upTo(members.length - 1)
    for (const [index, member] of members.entries()) {
      const isIts = (_: BrokerPartition, at: number) => (at + first) % members.length === index
      member.assigned(this.partitions.filter(isIts), generation)
    }
  }
}

/** An acknowledgement of a member. */
export interface Commit {
  readonly partition: BrokerPartition
  readonly generation: number
  /** The first offset that is not acknowledged. */
  readonly offset: number
}

function hashOf(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (hash * 31 + text.charCodeAt(at)) >>> 0
  return hash
}
