import { DEFAULTS } from '../../defaults.ts'
import type { Duration } from '../../engine/saga.ts'
import type { FlowLimit, FlowLimits } from '../../ports/channel.ts'
import type { Lane } from './lane.ts'

/** After a pause, commands of this many ms may start at once: timers of a host are no finer than a few ms. */
const BURST: Duration = 100
/** A command that waits longer than this may outlive its lease, as fresh and recovered ones take turns. */
const LONGEST_WAIT: Duration = DEFAULTS.leaseMargin / 2
/** Commands of one key that wait where only their number at once is limited. */
const MOST_WAITING = 16
/** Lanes without use are dropped when their number has doubled, and not before there are this many. */
const FEWEST_LANES = 1_024

/** The use of one limit: of a channel, or of one key. */
interface Use {
  /** Monotonic instant at which the rate is used up to; the next send may start a little earlier (`BURST`). */
  until: number
  active: number
}

/** Limits of one channel (P28), in memory. A lane is the channel itself, or one of its keys. All instants are monotonic. */
export class SendLimits {
  readonly #rate: FlowLimit | undefined
  readonly #concurrency: FlowLimit | undefined
  /** Use of the limits without a key. */
  readonly #whole: Use = { until: 0, active: 0 }
  readonly #lanes = new Map<Lane, Use>()
  #pruneAt = FEWEST_LANES
  /** Each key has a lane of its own. */
  readonly isByKey: boolean

  constructor({ rate, concurrency }: FlowLimits) {
    this.#rate = rate
    this.#concurrency = concurrency
    this.isByKey = rate?.by !== undefined || concurrency?.by !== undefined
  }

  /** Lanes that are remembered. */
  get lanes(): number {
    return this.#lanes.size
  }

  /** Milliseconds until a send of this lane may start; 0: now. Infinite where another one has to end first. */
  wait(lane: Lane, now: number): Duration {
    const [rate, concurrency] = [this.#rate, this.#concurrency]
    if (concurrency !== undefined && this.#read(lane, concurrency).active >= concurrency.limit)
      return Number.POSITIVE_INFINITY
    return rate === undefined ? 0 : Math.max(0, this.#read(lane, rate).until - toleranceOf(rate) - now)
  }

  /** Counts a send that starts. */
  begin(lane: Lane, now: number): void {
    if (this.#concurrency !== undefined) this.#use(lane, this.#concurrency, now).active++
    if (this.#rate === undefined) return
    const use = this.#use(lane, this.#rate, now)
    use.until = Math.max(now, use.until) + intervalOf(this.#rate)
  }

  /** Counts its end. */
  end(lane: Lane): void {
    if (this.#concurrency !== undefined) this.#read(lane, this.#concurrency).active--
  }

  /** Commands that may wait in memory: more could not start before their leases end. Without a lane: of the whole channel. */
  depth(lane?: Lane): number {
    const { rate, concurrency } = this.#limitsOf(lane)
    const byRate = rate === undefined ? Number.POSITIVE_INFINITY : Math.ceil((rate.limit * LONGEST_WAIT) / 1_000)
    const bySends = concurrency === undefined ? Number.POSITIVE_INFINITY : Math.max(MOST_WAITING, 4 * concurrency.limit)
    return Math.min(byRate, bySends)
  }

  /** Commands that recovery may keep waiting, those included that may start now: the work of one look. Without a lane: of all. */
  room(now: number, lane?: Lane): number {
    const { rate, concurrency } = this.#limitsOf(lane)
    const use = (limit: FlowLimit) => this.#read(lane ?? '', limit)
    const byRate = rate === undefined ? Number.POSITIVE_INFINITY : Math.ceil((rate.limit * DEFAULTS.sweep) / 1_000)
    if (rate !== undefined && use(rate).until - now > LONGEST_WAIT) return 0
    return concurrency === undefined ? byRate : Math.min(byRate, 2 * concurrency.limit - use(concurrency).active)
  }

  /** The limits by key for a lane, else those without a key; a bound of sends without a key is counted by the queue itself. */
  #limitsOf(lane: Lane | undefined): FlowLimits {
    const isAsked = (limit: FlowLimit | undefined) => (limit?.by === undefined) === (lane === undefined)
    return {
      rate: isAsked(this.#rate) ? this.#rate : undefined,
      concurrency: lane !== undefined && isAsked(this.#concurrency) ? this.#concurrency : undefined,
    }
  }

  #read(lane: Lane, { by }: FlowLimit): Use {
    return by === undefined ? this.#whole : (this.#lanes.get(lane) ?? UNUSED)
  }

  #use(lane: Lane, { by }: FlowLimit, now: number): Use {
    if (by === undefined) return this.#whole
    const known = this.#lanes.get(lane)
    if (known !== undefined) return known
    if (this.#lanes.size >= this.#pruneAt) this.#prune(now)
    const use = { until: now, active: 0 }
    this.#lanes.set(lane, use)
    return use
  }

  #prune(now: number): void {
    for (const [lane, { until, active }] of this.#lanes) if (active === 0 && until <= now) this.#lanes.delete(lane)
    this.#pruneAt = Math.max(FEWEST_LANES, 2 * this.#lanes.size)
  }
}

const UNUSED: Use = Object.freeze({ until: Number.NEGATIVE_INFINITY, active: 0 })

function intervalOf({ limit }: FlowLimit): Duration {
  return 1_000 / limit
}

/** A send may start this much ahead of its time. */
function toleranceOf(rate: FlowLimit): Duration {
  return Math.max(0, BURST - intervalOf(rate))
}
