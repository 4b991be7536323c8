import type { Duration } from '../../../src/engine/saga.ts'
import type { Cancel } from '../../../src/ports/runtime.ts'

/** The process whose memory a pending action lives in: with the process it is gone, and while the process stalls it waits. */
export interface Owner {
  readonly isGone: boolean
  /** Instant of the agenda until which nothing of the process runs. */
  readonly stalledUntil: number
}

/** Something that will happen. */
interface PendingAction {
  at: number
  readonly order: number
  readonly run: () => void
  readonly owner: Owner | undefined
  readonly every: Duration | undefined
  isCancelled: boolean
}

/** Ticks of intervals in a row without anything else, after which time passes in strides. */
const IDLE_TICKS = 2
/** Milliseconds in which what is under way within a process arrives. */
const AT_HAND = 1_000

/**
 * Everything that will happen, in the order of virtual time. Nothing else moves the clock.
 *
 * Where only intervals are left before the next single action, time passes in strides: the intervals then run once at the end of the
 * stride, as on a machine that was suspended. Otherwise a deadline of three days would cost hundreds of thousands of looks.
 */
export class Agenda {
  now = 0
  /** Code of a process may have begun to run: what it does without waiting is not done yet. */
  isAwake = false
  readonly #heap: PendingAction[] = []
  #intervals: PendingAction[] = []
  #order = 0
  #idleTicks = 0

  /** Runs once after `wait` ms, unless its owner is gone by then. */
  after(wait: Duration, run: () => void, owner?: Owner): Cancel {
    const pending: PendingAction = {
      at: this.now + Math.max(0, wait),
      order: this.#order++,
      run,
      owner,
      every: undefined,
      isCancelled: false,
    }
    this.#push(pending)
    return () => void (pending.isCancelled = true)
  }

  /** Runs every `interval` ms until its owner is gone. */
  every(interval: Duration, run: () => void, owner?: Owner): Cancel {
    const every = Math.max(1, interval)
    const pending: PendingAction = { at: this.now + every, order: this.#order++, run, owner, every, isCancelled: false }
    this.#intervals.push(pending)
    return () => void (pending.isCancelled = true)
  }

  /**
   * Moves to the next action and runs it. `strideTo`: the latest instant of a stride, such as that of a deadline which only a look at
   * the store finds. Returns false where nothing is left.
   */
  runNext(strideTo: () => number): boolean {
    this.#dropGone()
    const single = this.#heap[0]
    const interval = this.#earliestInterval()
    if (single === undefined && interval === undefined) return false
    if (interval === undefined || (single !== undefined && single.at <= interval.at)) this.#runSingle()
    else this.#runInterval(interval, Math.min(single?.at ?? Number.POSITIVE_INFINITY, strideTo()))
    return true
  }

  /**
   * Intervals do not run until then, nor beyond the next action that is not at hand: nothing of what they look at changes before. `at` is an
   * instant of the agenda.
   */
  sleepUntil(at: number): void {
    const soon = this.now + AT_HAND
    const until = this.#heap.reduce((least, one) => (one.at > soon && one.at < least ? one.at : least), at)
    for (const one of this.#intervals) one.at = Math.max(one.at, until)
  }

  /** True where nothing but intervals is pending. */
  get isIdle(): boolean {
    this.#dropGone()
    return this.#heap.length === 0
  }

  #runSingle(): void {
    const pending = this.#pop()
    const { owner } = pending
    if (owner !== undefined && owner.stalledUntil > pending.at) {
      pending.at = owner.stalledUntil
      return this.#push(pending)
    }
    this.#idleTicks = 0
    this.now = Math.max(this.now, pending.at)
    this.isAwake ||= owner !== undefined
    pending.run()
  }

  #runInterval(interval: PendingAction, strideEnd: number): void {
    const isOfStride = interval.at <= this.now
    if (!isOfStride && this.#idleTicks >= IDLE_TICKS)
      for (const one of this.#intervals) one.at = Math.max(one.at, strideEnd)
    this.#idleTicks++
    this.now = Math.max(this.now, interval.at)
    const { owner } = interval
    if (owner !== undefined && owner.stalledUntil > this.now) {
      interval.at = owner.stalledUntil
      return
    }
    interval.at = this.now + (interval.every as number)
    this.isAwake = true
    interval.run()
  }

  #earliestInterval(): PendingAction | undefined {
    let [earliest, hasGone]: [PendingAction | undefined, boolean] = [undefined, false]
    for (const one of this.#intervals) {
      if (isGone(one)) hasGone = true
      else if (earliest === undefined || isBefore(one, earliest)) earliest = one
    }
    if (hasGone) this.#intervals = this.#intervals.filter((one) => !isGone(one))
    return earliest
  }

  #dropGone(): void {
    for (let top = this.#heap[0]; top !== undefined && isGone(top); top = this.#heap[0]) this.#pop()
  }

  #push(pending: PendingAction): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(pending)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isBefore(heap[parent] as PendingAction, pending)) break
      heap[at] = heap[parent] as PendingAction
      at = parent
    }
    heap[at] = pending
  }

  #pop(): PendingAction {
    const heap = this.#heap
    const top = heap[0] as PendingAction
    const last = heap.pop() as PendingAction
    if (heap.length > 0) this.#sink(last)
    return top
  }

  #sink(last: PendingAction): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as PendingAction, heap[child] as PendingAction)) child++
      if (isBefore(last, heap[child] as PendingAction)) break
      heap[at] = heap[child] as PendingAction
      at = child
    }
    heap[at] = last
  }
}

function isGone({ isCancelled, owner }: PendingAction): boolean {
  return isCancelled || owner?.isGone === true
}

function isBefore(one: PendingAction, other: PendingAction): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
