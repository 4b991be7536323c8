import type { Duration } from '../../../../src/engine/saga.ts'
import type { Health } from '../../../../src/ports/health.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { Stuck } from '../../../../src/ports/source.ts'
import type { Assignment, OffsetRange } from '../driver.ts'
import type { ConsumerProgress, PartitionProgress } from './progress.ts'
import { isBehind, Stalls } from './stalls.ts'
import type { Stall } from './stalls.ts'
import { Standstill } from './standstill.ts'
import { StuckEvents } from './stuck-events.ts'

/** Longest time of a join: the group waits for its slowest member to hand back its partitions. */
const JOIN: Duration = 70_000
/** Time from a join to the first proof that the consumer gets on: the watchdog looks every five seconds. */
const FIRST_PROOF: Duration = 10_000
/** Stalls in a row, each with new connections, after which the fault is taken to be in this process. */
const MOST_STALLS = 3

interface MembershipState {
  readonly kind: 'joining' | 'joined' | 'broken'
  readonly since: number
}

/** The end of a membership. */
interface EndedMembership {
  readonly why: string
  readonly at: number
  /** The stalled partition, where a stall was the reason. */
  readonly partition?: { readonly topic: string; readonly partition: number }
}

/** The parts of a liveness. */
export interface LivenessOptions {
  /** Channel and group, for messages. */
  readonly name: string
  readonly sessionTimeout: Duration
  readonly progress: ConsumerProgress
  readonly runtime: Runtime
}

/**
 * The health of a consumer, from memory, for probes (C7). `working`: it reads now, which a lost broker may prevent. `alive`: this process
 * can still read; a lost broker is no reason to restart it.
 */
export class Liveness {
  readonly #name: string
  readonly #sessionTimeout: Duration
  readonly #progress: ConsumerProgress
  readonly #runtime: Runtime
  #state: MembershipState
  /** Monotonic instant of the coordinator's last answer. */
  #answeredAt = 0
  #assignment: Assignment = new Map()
  /** Kept until a later membership works: a consumer that crashes again and again must not look healthy in between. */
  #ended: EndedMembership | undefined
  /** The reason why no other membership follows. */
  #endedForGood: string | undefined
  /** Stalls in a row, each of one generation. */
  #stalled = 0
  readonly #stalls: Stalls
  readonly #stuck = new StuckEvents()
  /** The reason why no event is taken in although the consumer works: another member has partitions (P22). A restart would not help. */
  heldBack: string | undefined
  readonly standstill: Standstill

  constructor({ name, sessionTimeout, progress, runtime }: LivenessOptions) {
    this.#name = name
    this.#sessionTimeout = sessionTimeout
    this.#progress = progress
    this.#runtime = runtime
    this.#state = { kind: 'joining', since: runtime.monotonic() }
    this.#stalls = new Stalls(progress, runtime)
    this.standstill = new Standstill({ progress, limit: JOIN + sessionTimeout + FIRST_PROOF, runtime })
  }

  get assignment(): Assignment {
    return this.#assignment
  }

  get isJoined(): boolean {
    return this.#state.kind === 'joined'
  }

  /** A join has begun, the first one or a rebalance. */
  joining(): void {
    this.#become('joining')
  }

  joined(assignment: Assignment): void {
    this.standstill.joined(this.isJoined)
    this.#stalls.joined(assignment)
    this.#become('joined')
    this.#assignment = assignment
    this.#stuck.clear()
    const { partition } = this.#ended ?? {}
    if (partition !== undefined && !has(assignment, partition)) this.#recovered() // another member reads it now
    this.coordinatorAnswered()
  }

  coordinatorAnswered(): void {
    this.#answeredAt = this.#runtime.monotonic()
  }

  /** The membership has ended; another one follows. */
  broken(why: string): void {
    this.#become('broken')
    if (this.#ended?.partition === undefined) this.#ended = { why, at: this.#state.since }
  }

  /** The membership has ended, and no other one follows: each would meet the same fault. */
  endedForGood(why: string): void {
    this.#endedForGood = why
  }

  eventStuck(progress: PartitionProgress, stuck: Stuck): void {
    this.#stuck.add(progress, stuck)
  }

  /** The reason why events wait although nothing is broken here, with the consumer's name. */
  get blocked(): string | undefined {
    const why = this.heldBack ?? this.#stuck.reason((stuck) => stuck.isStranded === true)
    return why === undefined ? undefined : `${this.#name}: ${why}`
  }

  /** True where no event is taken in for a reason that the probes have said: of the gate, or of a batch that cannot be read. */
  get isHeldUp(): boolean {
    return (this.heldBack ?? this.#endedForGood) !== undefined
  }

  /** Standing still at this instant is no fault of the consumer. */
  excuseStalls(): void {
    this.#stalls.excuseAll()
  }

  /** Unhealthy where only a new process or an operator may help. */
  alive(): Health {
    this.#checkRecovery()
    return this.#health(this.#endedForGood ?? (this.#stalled >= MOST_STALLS ? this.#ended?.why : undefined))
  }

  /** Unhealthy where no events are read now. */
  working(): Health {
    return this.#health(this.#endedForGood ?? this.#fault())
  }

  #health(why: string | undefined): Health {
    return why === undefined ? { ok: true } : { ok: false, why: `${this.#name}: ${why}` }
  }

  #become(kind: MembershipState['kind']): void {
    this.#state = { kind, since: this.#runtime.monotonic() }
    if (kind !== 'joined') this.#assignment = new Map()
  }

  #fault(): string | undefined {
    this.#checkRecovery()
    if (this.#ended !== undefined) return this.#ended.why
    const { kind, since } = this.#state
    const now = this.#runtime.monotonic()
    if (kind === 'joining')
      return now - since > JOIN ? `joining the group for ${seconds(now - since)}` : this.standstill.why
    const silence = now - this.#answeredAt
    if (silence > this.#sessionTimeout) return `no word from the group for ${seconds(silence)}`
    return this.#stuck.reason((stuck) => stuck.isStranded !== true) ?? this.standstill.why
  }

  #checkRecovery(): void {
    if (this.#ended !== undefined && this.#worksSince(this.#ended)) this.#recovered()
  }

  /** True once a record was settled, after a stall one of its partition; or once the coordinator has answered after the join. */
  #worksSince({ at, partition }: EndedMembership): boolean {
    if (!this.isJoined) return false
    if (partition !== undefined) return this.#progress.of(partition.topic, partition.partition).settledAt > at
    return this.#progress.settledAt > at || this.#answeredAt > this.#state.since
  }

  /** True where the coordinator has been silent for so long that the connection must be dead. */
  isSilent(): boolean {
    const { kind, since } = this.#state
    if (kind === 'broken') return false
    const [limit, last] =
      kind === 'joined' ? [2 * this.#sessionTimeout, this.#answeredAt] : [JOIN + this.#sessionTimeout, since]
    return this.#runtime.monotonic() - last > limit
  }

  /** The reason to end the membership: the first stalled partition. `undefined` without one. */
  findStall(ranges: readonly OffsetRange[]): string | undefined {
    if (!this.isJoined) return undefined
    const waiting: PartitionProgress[] = []
    let isKnown = true
    for (const range of ranges.filter((one) => has(this.#assignment, one))) {
      const progress = this.#progress.of(range.topic, range.partition)
      const isUnread = isBehind(progress, range)
      isKnown &&= isUnread !== undefined
      if (isUnread === true && !progress.isStuck) waiting.push(progress)
      else this.#excuse(progress)
    }
    if (waiting.length > 0) this.standstill.recordsWait()
    else if (isKnown) this.standstill.prove()
    const stall = this.#stalls.find(waiting, this.#state.since)
    return stall && this.#end(stall)
  }

  #excuse(progress: PartitionProgress): void {
    this.#stalls.excuse(progress)
    const { partition: stalled } = this.#ended ?? {}
    if (stalled?.topic === progress.topic && stalled.partition === progress.partition) this.#recovered()
  }

  #recovered(): void {
    this.#ended = undefined
    this.#stalled = 0
  }

  #end({ progress: { topic, partition, nextOffset }, isOfOneGeneration }: Stall): string {
    const why = `no progress at ${topic}/${partition}/${nextOffset} although there are records`
    this.#ended = { why, at: this.#runtime.monotonic(), partition: { topic, partition } }
    if (isOfOneGeneration) this.#stalled++ // a loop of joins has its reason outside of this process more often than not
    return why
  }
}

function has(assignment: Assignment, { topic, partition }: { topic: string; partition: number }): boolean {
  return assignment.get(topic)?.includes(partition) === true
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`
}
