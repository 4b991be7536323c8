import type { Duration, Instant } from '../engine/saga.ts'
import type { DuePlace } from '../ports/persistency.ts'
import type { Capacity } from './channel-capacity.ts'

/** A way through what is due, from a place on, up to and including an instant. */
export interface Scan {
  readonly kind: 'new' | 'whole' | 'back' | 'far'
  at: DuePlace | undefined
  readonly until: Instant
  /** For which a walk goes back. */
  readonly channel?: string
  /** Nobody waits for it. */
  readonly isGentle?: boolean
}

/** A whole walk begins at most so often, and then as many times as long as it took after its end. */
const WHOLE: Duration = 60_000
const PAUSE = 20

/**
 * Where recovery stands in what is due. What has no room is read past, not claimed, and each channel's own oldest is remembered:
 * so a backlog of any length, which nobody can send now, is read once, and what comes due behind it is found at once (I5). Now
 * and then everything is read anew: what others wrote late, or by a clock that is behind, may stand where this process has been.
 */
export class ScanProgress {
  /** Up to here everything was looked at, and what comes due is after it. */
  #seen: DuePlace
  readonly #passed = new Map<string, { readonly at: DuePlace | undefined; readonly by: 'new' | 'whole' | 'back' }>()
  /** What was written since the last look may be due before that. */
  #expected: Instant = Number.POSITIVE_INFINITY
  #whole: Scan | undefined
  #back: Scan | undefined
  #wholeBegan = 0
  #nextWhole = Number.NEGATIVE_INFINITY
  /** Monotonic instants: when it is looked for what another clock wrote, and since when there is some. */
  nextFar: number = Number.NEGATIVE_INFINITY
  farSince: number | undefined

  constructor(now: Instant) {
    this.#seen = startOf(now)
  }

  /** Nothing is known any more: everything is read anew. */
  restart(now: Instant): void {
    this.#seen = startOf(now)
    this.#passed.clear()
    this.#back = undefined
    this.#whole = undefined
    this.#nextWhole = Number.NEGATIVE_INFINITY
    this.nextFar = Number.NEGATIVE_INFINITY
  }

  /** Something was written that is due then, or may have been. */
  expect(due: Instant): void {
    this.#expected = Math.min(this.#expected, due)
  }

  /** What has come due since the last look. */
  fresh(now: Instant): Scan {
    const at = this.#expected < this.#seen.due ? startOf(this.#expected) : this.#seen
    this.#expected = Number.POSITIVE_INFINITY
    return { kind: 'new', at, until: now }
  }

  /** Ways back that there may be. */
  get ways(): number {
    return this.#passed.size + (this.#back === undefined ? 0 : 1)
  }

  /** From a channel's own oldest on, where it has room again: one channel after the other, as places at one instant have no order. */
  back(room: Capacity): Scan | undefined {
    if (this.#back !== undefined) return this.#back
    for (const [channel, { at }] of this.#passed) {
      if (!room.has(channel)) continue
      this.#passed.delete(channel)
      return (this.#back = { kind: 'back', at, until: this.#seen.due, channel })
    }
    return undefined
  }

  /** Everything, as at the start. */
  whole(now: number): Scan | undefined {
    if (this.#whole !== undefined || now < this.#nextWhole) return this.#whole
    const isGentle = Number.isFinite(this.#nextWhole)
    this.#passed.clear()
    this.#back = undefined
    this.#wholeBegan = now
    return (this.#whole = { kind: 'whole', at: undefined, until: this.#seen.due, isGentle })
  }

  /** Something of this channel had no room, and it comes after this place. */
  pass(channel: string, walk: Scan): void {
    const before = this.#passed.get(channel)?.by
    const by = walk.channel === channel ? 'back' : walk.kind === 'whole' ? 'whole' : 'new'
    // Whoever goes back for a channel has its oldest; a whole walk comes by earlier than what is new.
    const isOlder = by === 'back' ? before !== 'back' : by === 'whole' && before === 'new'
    if (before === undefined || isOlder) this.#passed.set(channel, { at: walk.at, by })
  }

  /** Whether something that was passed has room again: its channel may have been quicker than the look. */
  hasRoom(room: Pick<Capacity, 'has'>): boolean {
    return [...this.#passed.keys()].some((channel) => room.has(channel))
  }

  hasPassed(channel: string): boolean {
    return this.#passed.has(channel)
  }

  /** Everything up to its end was read, or there is nothing left that it could do. */
  ended(walk: Scan, now: number): void {
    switch (walk.kind) {
      case 'new':
        this.#seen = walk.at === undefined || walk.at.due < walk.until ? startOf(walk.until) : walk.at
        return
      case 'back':
        this.#back = undefined
        return
      case 'far':
        return
      case 'whole':
        this.#whole = undefined
        this.#nextWhole = now + Math.max(WHOLE, PAUSE * (now - this.#wholeBegan))
    }
  }

  /** It is read on from here at the next look. */
  paused(walk: Scan): void {
    if (walk.kind === 'new' && walk.at !== undefined) this.#seen = walk.at
  }
}

/** Before everything that is due then. */
function startOf(due: Instant): DuePlace {
  return { due, id: '' }
}
