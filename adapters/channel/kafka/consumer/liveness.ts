import type { Duration } from '../../../src/engine/saga.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Stuck } from '../../../src/ports/source.ts'
import type { Assignment, Ends } from './driver.ts'
import type { Place, Places } from './places.ts'

/** Joining takes as long as the slowest member needs to hand back its partitions. */
const JOIN: Duration = 70_000
/**
 * Records are there and nothing was settled for so long: something hangs. Longer where other partitions go on: a broker is asked
 * again only when all that it has given was worked on.
 */
const STALL = { all: 30_000, one: 300_000 }

interface State {
  readonly kind: 'joining' | 'joined' | 'broken'
  readonly since: number
}

/** Why a membership ended. */
interface Ended {
  readonly why: string
  readonly at: number
  /** Where it stood still, if that was the reason. */
  readonly place?: { readonly topic: string; readonly partition: number }
}

/** It stood still so often in a row, with new connections each time: then the fault is in this process. */
const HOPELESS = 3

/**
 * What is known of a consumer's life (C7). All from memory: it is asked by probes. Two questions: whether it does its work now, which a
 * lost broker may prevent, and whether this process can still do it, for a new process mends no broker.
 */
export class Watch {
  readonly #name: string
  readonly #sessionTimeout: Duration
  readonly #places: Places
  readonly #runtime: Runtime
  #state: State
  #seen = 0
  #assignment: Assignment = new Map()
  /** Told until this membership has shown that it is better, or a consumer that fails again and again would be well in between. */
  #ended: Ended | undefined
  /** Why there will be no other membership. */
  #gone: string | undefined
  /** How often it was ended because it stood still, with nothing settled in between. */
  #stalls = 0
  /** Partitions whose next event cannot be written. */
  readonly #stuck = new Map<Place, Stuck>()
  /** Why nothing may be taken in although all works. No reason to start anew: a new process would know less (P22). */
  divided: string | undefined

  constructor(name: string, sessionTimeout: Duration, places: Places, runtime: Runtime) {
    this.#name = name
    this.#sessionTimeout = sessionTimeout
    this.#places = places
    this.#runtime = runtime
    this.#state = { kind: 'joining', since: runtime.monotonic() }
  }

  get assignment(): Assignment {
    return this.#assignment
  }

  get isJoined(): boolean {
    return this.#state.kind === 'joined'
  }

  /** For the first time, or anew: the group divides its partitions. */
  joining(): void {
    this.#become('joining')
  }

  joined(assignment: Assignment): void {
    this.#become('joined')
    this.#assignment = assignment
    this.#stuck.clear()
    const { place } = this.#ended ?? {}
    if (place !== undefined && !has(assignment, place)) this.#forgive() // others have it now
    this.seen()
  }

  seen(): void {
    this.#seen = this.#runtime.monotonic()
  }

  /** It has ended, and will be followed by another one. */
  broken(why: string): void {
    this.#become('broken')
    if (this.#ended?.place === undefined) this.#ended = { why, at: this.#state.since }
  }

  /** It has ended for good: what it met will be there after every new beginning. */
  gone(why: string): void {
    this.#gone = why
  }

  stuck(place: Place, stuck: Stuck): void {
    this.#stuck.set(place, stuck)
  }

  /** Why no event may come in now, or not all of them, although nothing is broken here; with the name of whose it is. */
  get blocked(): string | undefined {
    const why = this.divided ?? this.#standing((stuck) => stuck.isStranded === true)
    return why === undefined ? undefined : `${this.#name}: ${why}`
  }

  /** Whether it crashed for good: only a new process may help, or somebody who looks. */
  alive(): Health {
    this.#recover()
    return this.#health(this.#gone ?? (this.#stalls >= HOPELESS ? this.#ended?.why : undefined))
  }

  /** Whether it does its work now. */
  works(): Health {
    return this.#health(this.#gone ?? this.#ill())
  }

  #health(why: string | undefined): Health {
    return why === undefined ? { ok: true } : { ok: false, why: `${this.#name}: ${why}` }
  }

  #become(kind: State['kind']): void {
    this.#state = { kind, since: this.#runtime.monotonic() }
    if (kind !== 'joined') this.#assignment = new Map()
  }

  #ill(): string | undefined {
    this.#recover()
    if (this.#ended !== undefined) return this.#ended.why
    const { kind, since } = this.#state
    const now = this.#runtime.monotonic()
    if (kind === 'joining') return now - since > JOIN ? `joining the group for ${seconds(now - since)}` : undefined
    if (now - this.#seen > this.#sessionTimeout) return `no word from the group for ${seconds(now - this.#seen)}`
    return this.#standing((stuck) => stuck.isStranded !== true)
  }

  #recover(): void {
    if (this.#ended !== undefined && this.#isBetter(this.#ended)) this.#forgive()
  }

  /** It works again: it has settled something, where it stood still if it did; or its group has answered since it joined. */
  #isBetter({ at, place }: Ended): boolean {
    if (!this.isJoined) return false
    if (place !== undefined) return this.#places.of(place.topic, place.partition).worked > at
    return this.#places.worked > at || this.#seen > this.#state.since
  }

  #standing(isMeant: (stuck: Stuck) => boolean): string | undefined {
    for (const [place, stuck] of this.#stuck) {
      if (!place.isStuck) this.#stuck.delete(place)
      else if (isMeant(stuck)) {
        return `the event ${place.topic}/${place.partition}/${place.next} cannot be written: ${stuck.why}`
      }
    }
    return undefined
  }

  /** Whether the connection is silent for so long that it must be dead, whatever the library believes. */
  isSilent(): boolean {
    const { kind, since } = this.#state
    if (kind === 'broken') return false
    const [limit, last] =
      kind === 'joined' ? [2 * this.#sessionTimeout, this.#seen] : [JOIN + this.#sessionTimeout, since]
    return this.#runtime.monotonic() - last > limit
  }

  /** Why it must be ended: the first of the partitions where records wait and nothing was settled for long. */
  stalled(ends: readonly Ends[]): string | undefined {
    if (!this.isJoined) return undefined
    const now = this.#runtime.monotonic()
    const limit = now - this.#places.worked > STALL.all ? STALL.all : STALL.one
    for (const end of ends) {
      if (!has(this.#assignment, end)) continue
      const place = this.#places.of(end.topic, end.partition)
      if (!isBehind(place, end) || place.isStuck) this.#excuse(place, now)
      else if (now - Math.max(place.touched, this.#state.since) > limit) return this.#stalledAt(place, now)
    }
    return undefined
  }

  #excuse(place: Place, now: number): void {
    place.touch(now)
    const { place: ended } = this.#ended ?? {}
    if (ended?.topic === place.topic && ended.partition === place.partition) this.#forgive()
  }

  #forgive(): void {
    this.#ended = undefined
    this.#stalls = 0
  }

  #stalledAt({ topic, partition, next }: Place, now: number): string {
    const why = `no progress at ${topic}/${partition}/${next} although there are records`
    this.#ended = { why, at: now, place: { topic, partition } }
    this.#stalls++
    return why
  }
}

/** What was there and has expired is nothing to be read. */
function isBehind({ next }: Place, { offset, begin }: Ends): boolean {
  return next !== undefined && BigInt(next) < BigInt(offset) && BigInt(begin) < BigInt(offset)
}

function has(assignment: Assignment, { topic, partition }: { topic: string; partition: number }): boolean {
  return assignment.get(topic)?.includes(partition) === true
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`
}
