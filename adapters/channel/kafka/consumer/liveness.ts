import type { Duration } from '../../../../src/engine/saga.ts'
import type { Health } from '../../../../src/ports/health.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { Stuck } from '../../../../src/ports/source.ts'
import type { Assignment, OffsetRange } from '../driver.ts'
import type { ConsumerProgress, PartitionProgress } from './progress.ts'

/** Longest time of a join: the group waits for its slowest member to hand back its partitions. */
const JOIN: Duration = 70_000
/**
 * Time without a settled record, though records wait, that counts as a stall. It is longer for one partition while others go on:
 * the library asks a broker again only after all batches of its last answer.
 */
const STALL = { all: 30_000, one: 300_000 }
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
  /** Stalls in a row. */
  #stalls = 0
  /** Partitions with a stuck event. */
  readonly #stuck = new Map<PartitionProgress, Stuck>()
  /** The reason why no event is taken in although the consumer works: another member has partitions (P22). A restart would not help. */
  heldBack: string | undefined

  constructor({ name, sessionTimeout, progress, runtime }: LivenessOptions) {
    this.#name = name
    this.#sessionTimeout = sessionTimeout
    this.#progress = progress
    this.#runtime = runtime
    this.#state = { kind: 'joining', since: runtime.monotonic() }
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
    this.#stuck.set(progress, stuck)
  }

  /** The reason why events wait although nothing is broken here, with the consumer's name. */
  get blocked(): string | undefined {
    const why = this.heldBack ?? this.#stuckReason((stuck) => stuck.isStranded === true)
    return why === undefined ? undefined : `${this.#name}: ${why}`
  }

  /** Unhealthy where only a new process or an operator may help. */
  alive(): Health {
    this.#checkRecovery()
    return this.#health(this.#endedForGood ?? (this.#stalls >= MOST_STALLS ? this.#ended?.why : undefined))
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
    if (kind === 'joining') return now - since > JOIN ? `joining the group for ${seconds(now - since)}` : undefined
    const silence = now - this.#answeredAt
    if (silence > this.#sessionTimeout) return `no word from the group for ${seconds(silence)}`
    return this.#stuckReason((stuck) => stuck.isStranded !== true)
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

  #stuckReason(matches: (stuck: Stuck) => boolean): string | undefined {
    for (const [progress, stuck] of this.#stuck) {
      if (!progress.isStuck) this.#stuck.delete(progress)
      else if (matches(stuck)) {
        const { topic, partition, nextOffset } = progress
        return `the event ${topic}/${partition}/${nextOffset} cannot be written: ${stuck.why}`
      }
    }
    return undefined
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
    const now = this.#runtime.monotonic()
    const limit = now - this.#progress.settledAt > STALL.all ? STALL.all : STALL.one
    for (const range of ranges) {
      if (!has(this.#assignment, range)) continue
      const progress = this.#progress.of(range.topic, range.partition)
      if (!isBehind(progress, range) || progress.isStuck) this.#excuse(progress, now)
      else if (now - Math.max(progress.excusedAt, this.#state.since) > limit) return this.#stalled(progress, now)
    }
    return undefined
  }

  #excuse(progress: PartitionProgress, now: number): void {
    progress.excuse(now)
    const { partition: stalled } = this.#ended ?? {}
    if (stalled?.topic === progress.topic && stalled.partition === progress.partition) this.#recovered()
  }

  #recovered(): void {
    this.#ended = undefined
    this.#stalls = 0
  }

  #stalled({ topic, partition, nextOffset }: PartitionProgress, now: number): string {
    const why = `no progress at ${topic}/${partition}/${nextOffset} although there are records`
    this.#ended = { why, at: now, partition: { topic, partition } }
    this.#stalls++
    return why
  }
}

/** True where unread records are there. Expired ones do not count. */
function isBehind({ nextOffset }: PartitionProgress, { offset, start }: OffsetRange): boolean {
  return nextOffset !== undefined && BigInt(nextOffset) < BigInt(offset) && BigInt(start) < BigInt(offset)
}

function has(assignment: Assignment, { topic, partition }: { topic: string; partition: number }): boolean {
  return assignment.get(topic)?.includes(partition) === true
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`
}
