import type { Duration, Instant, SagaId } from '../../engine/saga.ts'
import { FarDebts } from './far-debts.ts'
import type { DuePlace } from '../../ports/persistency.ts'
import type { Capacity, ChannelCapacity } from '../sending/channel-capacity.ts'
import type { Lane } from '../sending/lane.ts'

/**
 * One pass over a range of the store's order of due sagas: after `at`, up to and including the instant `until`.
 *
 * - `fresh`: what has come due since the last run.
 * - `catch-up`: from the oldest command of one lane that was skipped for lack of capacity.
 * - `full`: everything that is due, as at the start.
 * - `future`: commands that are due later than anything this process could write, so written by another clock (P23).
 */
export interface Scan {
  readonly kind: 'fresh' | 'full' | 'catch-up' | 'future'
  /** The last saga that was read and stays where it is; moves on page by page. */
  at: DuePlace | undefined
  readonly until: Instant
  /** The lane of a catch-up. */
  readonly lane?: Lane
  /** False: the saga is left to another process for now. Default: none is. */
  readonly isRipe?: ((id: SagaId) => boolean) | undefined
  /** Nothing waits for this scan: it reads few pages at a time, with pauses. */
  readonly isGentle?: boolean
  /** A saga of this scan was claimed, or could not be for now. */
  isEffective?: boolean
}

/**
 * The next full scan begins a minute after the end of the last one, or 20 times its length where that is more. At most four minutes: a scan
 * is also long where the store was away, and some sagas are found by a full scan alone.
 */
const FULL_INTERVAL: Duration = 60_000
const FULL_PAUSE = 20
const LONGEST_PAUSE: Duration = 240_000
/** Lanes whose places are kept; the next full scan finds the commands of others. */
const MOST_LANES = 4_096
/** Milliseconds after a catch-up in which recovery still works off a backlog. */
const CATCHING_UP: Duration = 1_000
/** Catch-ups of one run. */
const MOST_CATCH_UPS = 32

interface Skipped {
  /** The command comes after this place. */
  readonly at: DuePlace | undefined
  readonly by: 'fresh' | 'full' | 'catch-up'
}

/**
 * How far recovery has read the store's order of due sagas. A command whose channel has no capacity is skipped, not claimed,
 * and the place of each lane's oldest one is kept. So a backlog of any length is read once, and what comes due behind it is
 * found at once (I5). At intervals everything is read again: other processes may have written late, or with a clock that is
 * behind, at a place that this one has passed.
 */
export class ScanProgress {
  /** Everything up to this place was read. */
  #seen: DuePlace
  readonly #skipped = new Map<Lane, Skipped>()
  /** The earliest `due` written since the last fresh scan; it may lie before `seen`. */
  #expected: Instant = Number.POSITIVE_INFINITY
  #full: Scan | undefined
  #catchUp: Scan | undefined
  #future: Scan | undefined
  #fullBegan = 0
  #caughtUp = Number.NEGATIVE_INFINITY
  #nextFull = Number.NEGATIVE_INFINITY
  /** Monotonic instant at which the future is looked at next. */
  nextFuture: number = Number.NEGATIVE_INFINITY
  /** Sagas whose commands are due too late for this clock. */
  readonly farDebts: FarDebts = new FarDebts()

  constructor(now: Instant) {
    this.#seen = startOf(now)
  }

  /** Forgets every place, so that everything is read again. */
  restart(now: Instant): void {
    this.#seen = startOf(now)
    this.#skipped.clear()
    this.#catchUp = undefined
    this.#full = undefined
    this.#future = undefined
    this.#nextFull = Number.NEGATIVE_INFINITY
    this.nextFuture = Number.NEGATIVE_INFINITY
    this.farDebts.clear()
  }

  /** A saga was written that is due at this instant, or may have been. */
  expect(due: Instant): void {
    this.#expected = Math.min(this.#expected, due)
  }

  /** The scan of what has come due since the last one. Of the instant at which that one ended it may have left sagas behind its place. */
  fresh(now: Instant): Scan {
    const at = this.#expected <= this.#seen.due ? startOf(this.#expected) : this.#seen
    this.#expected = Number.POSITIVE_INFINITY
    return { kind: 'fresh', at, until: now }
  }

  /** Upper bound of the catch-ups that may follow one another now. */
  get catchUps(): number {
    return Math.min(MOST_CATCH_UPS, this.#skipped.size + (this.#catchUp === undefined ? 0 : 1))
  }

  /** The catch-up of a lane that has capacity again. One lane after the other: places at one instant have no order. */
  catchUp(capacity: Pick<Capacity, 'has'>): Scan | undefined {
    if (this.#catchUp !== undefined) return this.#catchUp
    for (const [lane, { at }] of this.#skipped) {
      if (!capacity.has(lane)) continue
      this.#skipped.delete(lane)
      return (this.#catchUp = { kind: 'catch-up', at, until: this.#seen.due, lane })
    }
    return undefined
  }

  /** The full scan under way, or a new one where it is time; only the first one is in a hurry. */
  full(now: number): Scan | undefined {
    if (this.#full !== undefined || now < this.#nextFull) return this.#full
    const isGentle = Number.isFinite(this.#nextFull)
    this.#skipped.clear()
    this.#catchUp = undefined
    this.#fullBegan = now
    return (this.#full = { kind: 'full', at: undefined, until: this.#seen.due, isGentle })
  }

  /** The scan of the future under way, or a new one from this place on. */
  future(from: DuePlace, isRipe?: Scan['isRipe']): Scan {
    return (this.#future ??= { kind: 'future', at: from, until: Number.MAX_SAFE_INTEGER, isRipe })
  }

  /** A command of this lane, after the scan's place, was skipped for lack of capacity. */
  skipped(lane: Lane, scan: Scan): void {
    const before = this.#skipped.get(lane)?.by
    if (before === undefined && this.#skipped.size >= MOST_LANES) return
    const by = scan.lane === lane ? 'catch-up' : scan.kind === 'full' ? 'full' : 'fresh'
    // A lane's own catch-up stands at its oldest command; a full scan is behind a fresh one.
    const isOlder = by === 'catch-up' ? before !== 'catch-up' : by === 'full' && before === 'fresh'
    if (before === undefined || isOlder) this.#skipped.set(lane, { at: scan.at, by })
  }

  /** A lane with skipped commands has so much capacity that its catch-up should not wait: it may have been quicker than the scan. */
  canCatchUp(capacity: Pick<ChannelCapacity, 'isHungry'>): boolean {
    for (const lane of this.#skipped.keys()) if (capacity.isHungry(lane)) return true
    return false
  }

  /** Recovery reads for a lane with room for several commands, at this monotonic instant. */
  catchesUp(now: number): void {
    this.#caughtUp = now
  }

  /** It has done so within the last second: commands of a backlog leave. */
  isCatchingUp(now: number): boolean {
    return now - this.#caughtUp < CATCHING_UP
  }

  hasSkipped(lane: Lane): boolean {
    return this.#skipped.has(lane)
  }

  /** The scan has read its whole range, or has nothing more to do. */
  ended(scan: Scan, now: number): void {
    switch (scan.kind) {
      case 'fresh':
        this.#seen = scan.at === undefined || scan.at.due < scan.until ? startOf(scan.until) : scan.at
        return
      case 'catch-up':
        this.#catchUp = undefined
        return
      case 'future':
        this.#future = undefined
        return
      case 'full':
        this.#full = undefined
        this.#nextFull = now + Math.min(LONGEST_PAUSE, Math.max(FULL_INTERVAL, FULL_PAUSE * (now - this.#fullBegan)))
    }
  }

  /** The next run goes on from the scan's place. */
  paused(scan: Scan): void {
    if (scan.kind === 'fresh' && scan.at !== undefined) this.#seen = scan.at
  }
}

/** The place before everything that is due at this instant. */
function startOf(due: Instant): DuePlace {
  return { due, id: '' }
}
