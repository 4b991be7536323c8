import { waitUntil } from 'cloudflare:workers'
import type { Instant } from '../../src/engine/saga.ts'
import { ChannelPauses } from '../../src/orchestrator/operators/channel-pauses.ts'
import type { PausableChannel, PausableChannels } from '../../src/orchestrator/operators/channel-pauses.ts'
import { atMost } from '../../src/orchestrator/deadline.ts'
import { ProcessRecords } from '../../src/orchestrator/operators/process-records.ts'
import { RecordWatch } from '../../src/orchestrator/operators/record-watch.ts'
import type { ControlRecords } from '../../src/orchestrator/operators/service-control.ts'
import type { RecordStore } from '../../src/ports/persistency.ts'
import type { BoundService } from './bound-service.ts'
import { controlRecords } from './control-object.ts'

/** Milliseconds for which a look at the pauses counts; after that, a request begins a further one for those behind it. */
const FRESH = 2_000
/** A request whose isolate has not looked for this long waits for its own look, but no longer than `LONGEST_LOOK`. */
const STALE = 5_000
const LONGEST_LOOK = 1_000

/** Channels of one orchestrator, or of one object. */
export type Pausable = Pick<PausableChannels, 'pause' | 'resume'>

/** Pauses of channels as one isolate knows them. */
export interface KnownPauses {
  /** Ids of the paused channels. */
  readonly paused: readonly string[]
  /** When the last pause of a channel ended, for those that have had one. Default: not known here. */
  readonly ends?: ReadonlyMap<string, Instant>
}

/**
 * Pauses of channels as one isolate knows them. Each request and each object has an orchestrator of its own, which gets them before
 * it sends. Nothing is paused mostly, and a look is then one small read in some seconds for the whole isolate.
 */
export class EdgePauses implements ControlRecords {
  readonly records: RecordStore
  readonly kept: boolean
  readonly pauses: ChannelPauses
  readonly #channels: IsolateChannels
  readonly #watch: RecordWatch
  readonly #service: BoundService
  /** Monotonic instants of the newest look that has begun, and of the newest one that has an answer. */
  #begunAt = Number.NEGATIVE_INFINITY
  #knownAt = Number.NEGATIVE_INFINITY
  /** The same of the newest look without an answer: sends must not wait for one look after the other. */
  #failedAt = Number.NEGATIVE_INFINITY

  constructor(service: BoundService, records: RecordStore | undefined) {
    const { runtime, incidents } = service
    this.#service = service
    this.#channels = new IsolateChannels(service.channels.keys())
    this.records = records ?? new ProcessRecords()
    this.kept = records !== undefined
    this.pauses = new ChannelPauses({ records: this.records, process: this.#channels, runtime })
    this.#watch = new RecordWatch({ records: this.records, runtime, incidents, found: () => undefined })
  }

  /** The pauses as of the last seconds; a promise where the isolate has not looked for long. */
  known(): KnownPauses | Promise<KnownPauses> {
    const { runtime } = this.#service
    const now = runtime.monotonic()
    const hasNone = this.#service.channels.size === 0
    if (hasNone || now - Math.max(this.#knownAt, this.#failedAt) < FRESH) return this.#channels
    const isBegun = now - this.#begunAt < FRESH
    if (isBegun && now - this.#knownAt < STALE) return this.#channels
    this.#begunAt = now
    const look = this.#look()
    if (now - this.#knownAt < STALE) {
      waitUntil(look)
      return this.#channels
    }
    return atMost(runtime, LONGEST_LOOK, look).then(() => {
      if (this.#knownAt < now) this.#failedAt = runtime.monotonic()
      return this.#channels
    })
  }

  /** Another isolate of the Worker knows these pauses now. */
  learn(paused: readonly string[]): void {
    this.#channels.replace(paused)
    this.#knownAt = this.#service.runtime.monotonic()
  }

  async #look(): Promise<void> {
    const open = await this.#watch.read()
    if (open === undefined) return
    this.pauses.carryOut(open)
    this.#knownAt = Math.max(this.#knownAt, open.asOf)
  }
}

/** The pauses of this service, once for the isolate. */
export function edgePauses(service: BoundService): Promise<EdgePauses> {
  const known = opened.get(service) ?? open(service)
  opened.set(service, known)
  return known
}

/** Pauses these channels of an orchestrator and no others. `before`: those that are paused there now. */
export function applyPauses(orchestrator: Pausable, { paused, ends }: KnownPauses, before: ReadonlySet<string>): void {
  for (const id of paused) if (!before.has(id)) orchestrator.pause(id)
  for (const id of before) if (!paused.includes(id)) orchestrator.resume(id)
  for (const [id, end] of ends ?? []) if (!paused.includes(id)) orchestrator.resume(id, end)
}

const opened = new WeakMap<BoundService, Promise<EdgePauses>>()

/** The records of the shared store; else those of an object, which all isolates share; else those of the isolate. */
async function open(service: BoundService): Promise<EdgePauses> {
  const { openStore, sagas, runtime } = service
  const stored = openStore === undefined ? false : (await openStore()).can.records
  if (stored !== false) return new EdgePauses(service, stored)
  return new EdgePauses(service, sagas && controlRecords(sagas, runtime))
}

/** The channels as one isolate sees them. Their queues are those of requests and objects, which end with them. */
class IsolateChannels implements PausableChannels, KnownPauses {
  readonly #ids: readonly string[]
  paused: readonly string[] = []
  readonly ends = new Map<string, Instant>()

  constructor(ids: Iterable<string>) {
    this.#ids = [...ids]
  }

  channels(): readonly PausableChannel[] {
    return this.#ids.map((channel) => ({ channel, isPaused: this.paused.includes(channel) }))
  }

  pause(channel: string): boolean {
    if (!this.paused.includes(channel)) this.paused = [...this.paused, channel]
    return true
  }

  resume(channel: string, end?: Instant): boolean {
    if (end !== undefined) this.ends.set(channel, end)
    this.paused = this.paused.filter((one) => one !== channel)
    return true
  }

  replace(paused: readonly string[]): void {
    this.paused = paused
  }
}
