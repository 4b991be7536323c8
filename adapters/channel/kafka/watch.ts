import type { Duration } from '../../../src/engine/saga.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Assignment, Position } from './driver.ts'
import type { Place } from './places.ts'

/** Joining takes as long as the slowest member needs to hand back its partitions. */
const JOIN: Duration = 70_000
/** Records are there and nothing was settled for so long: something hangs. */
const STALL: Duration = 30_000

type State =
  | { readonly kind: 'joining' | 'joined'; readonly since: number }
  | { readonly kind: 'broken'; readonly why: string }

/** What is known of a consumer's life, and whether that is a good one (C7). All from memory: it is asked by probes. */
export class Watch {
  readonly #name: string
  readonly #sessionTimeout: Duration
  readonly #runtime: Runtime
  #state: State
  #seen = 0
  #assignment: Assignment = new Map()
  /** Partitions whose next event cannot be written. */
  readonly #stuck = new Map<Place, string>()
  /** Why nothing may be taken in although all works. No reason to start anew: a new process would know less (P22). */
  divided: string | undefined

  constructor(name: string, sessionTimeout: Duration, runtime: Runtime) {
    this.#name = name
    this.#sessionTimeout = sessionTimeout
    this.#runtime = runtime
    this.#state = { kind: 'joining', since: runtime.monotonic() }
  }

  get assignment(): Assignment {
    return this.#assignment
  }

  get isJoined(): boolean {
    return this.#state.kind === 'joined'
  }

  joining(): void {
    this.#state = { kind: 'joining', since: this.#runtime.monotonic() }
  }

  rebalancing(): void {
    this.joining()
    this.#assignment = new Map()
  }

  joined(assignment: Assignment): void {
    this.#state = { kind: 'joined', since: this.#runtime.monotonic() }
    this.#assignment = assignment
    this.#stuck.clear()
    this.seen()
  }

  seen(): void {
    this.#seen = this.#runtime.monotonic()
  }

  broken(why: string): void {
    this.#state = { kind: 'broken', why }
    this.#assignment = new Map()
  }

  stuck(place: Place, why: string): void {
    this.#stuck.set(place, why)
  }

  /** The same with the name of whose it is. */
  get blocked(): string | undefined {
    return this.divided === undefined ? undefined : `${this.#name}: ${this.divided}`
  }

  alive(): Health {
    const why = this.#ill()
    return why === undefined ? { ok: true } : { ok: false, why: `${this.#name}: ${why}` }
  }

  #ill(): string | undefined {
    const state = this.#state
    if (state.kind === 'broken') return state.why
    const now = this.#runtime.monotonic()
    if (state.kind === 'joining') {
      return now - state.since > JOIN ? `joining the group for ${seconds(now - state.since)}` : undefined
    }
    if (now - this.#seen > this.#sessionTimeout) return `no word from the group for ${seconds(now - this.#seen)}`
    for (const [place, why] of this.#stuck) {
      if (!place.isStuck) this.#stuck.delete(place)
      else return `the event ${place.topic}/${place.partition}/${place.next} cannot be written: ${why}`
    }
    return undefined
  }

  /** Whether the connection is silent for so long that it must be dead, whatever the library believes. */
  isSilent(): boolean {
    const limit = this.isJoined ? 2 * this.#sessionTimeout : JOIN + this.#sessionTimeout
    const since = this.isJoined ? this.#seen : this.#state.kind === 'joining' ? this.#state.since : undefined
    return since !== undefined && this.#runtime.monotonic() - since > limit
  }

  /** The first of the partitions where records wait and nothing was settled for long. */
  stalled(
    places: (topic: string, partition: number) => Place,
    ends: readonly (Position & { readonly begin?: string })[],
  ): Place | undefined {
    const state = this.#state
    if (state.kind !== 'joined') return undefined
    const now = this.#runtime.monotonic()
    const own = ends.filter(({ topic, partition }) => this.#assignment.get(topic)?.includes(partition))
    for (const { topic, partition, offset, begin = '0' } of own) {
      const place = places(topic, partition)
      // What was there and has expired is nothing to be read.
      const isBehind = place.next !== undefined && BigInt(place.next) < BigInt(offset) && BigInt(begin) < BigInt(offset)
      if (!isBehind || place.isStuck) place.touch(now)
      else if (now - Math.max(place.touched, state.since) > STALL) return place
    }
    return undefined
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`
}
