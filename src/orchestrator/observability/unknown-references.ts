import type { Duration, Saga } from '../../engine/saga.ts'
import type { Machine } from '../../machine/compile.ts'
import type { Channels } from '../attach.ts'
import type { Incidents } from '../incidents.ts'
import { isCounted } from './count-sagas.ts'
import { largestCounts } from './largest-counts.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Capabilities, Cursor } from '../../ports/persistency.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'

/** Options of `UnknownReferences`. */
export interface UnknownReferencesOptions {
  readonly machine: Pick<Machine, 'states' | 'movedStates'>
  readonly channels: Pick<Channels, 'has'>
  readonly can: Pick<Capabilities, 'list' | 'counts'>
  /** Recovery works off a backlog: what is listed meanwhile is settled soon. */
  readonly isCatchingUp: () => boolean
  /** Processes with another configuration may write the same sagas meanwhile. */
  readonly shared: boolean
  readonly runtime: Pick<Runtime, 'monotonic' | 'after' | 'log'>
  readonly metrics: Pick<Metrics, 'unknownReferences'>
}

/** Name of a channel or state → number of commands or sagas. */
type Counts = Map<string, number>

const PAGE = 100
/** After each page the count pauses for this many times the page's own time. */
const PAGE_PAUSE = 4
/** The pause while recovery works off a backlog, and the time after which a count waits for it no longer. */
const BACKLOG_PAUSE: Duration = 1_000
const BACKLOG_PATIENCE: Duration = 60_000
/** The next count begins after this time, and not before this many times the length of the last one. */
const COUNT_AGAIN: Duration = 60_000
const COUNT_PAUSE = 20
/** The next count after one that found nothing. */
const COUNT_AGAIN_CLEAN: Duration = 600_000

/**
 * Counts the commands owed to channels, and the sagas in states, that the configuration lacks. Neither an answer nor a retry
 * would show them. Counted at the start and at intervals; logged when the counts change. Of the sagas that go on, those that owe are
 * listed, and all of them where the store cannot count states; final sagas that still owe are counted while recovery reads them. A
 * store that cannot list has no counts.
 */
export class UnknownReferences {
  readonly #options: UnknownReferencesOptions
  #states: Counts = new Map()
  #owed: Counts = new Map()
  /** Commands owed by final sagas, as of the last full scan of recovery, and of the full scan under way. */
  #owedByFinal: Counts = new Map()
  #scanned: Counts = new Map()
  /** The first log line waits until both have counted, so that its counts are whole. */
  readonly #awaited = new Set<'list' | 'scan'>()
  #logged = ''
  #loggedAt = Number.NEGATIVE_INFINITY
  #cancel: Cancel | undefined
  #isStopped = false

  constructor(options: UnknownReferencesOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#options.can.list === false) return
    this.#awaited.add('list').add('scan')
    void this.#count()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  /** A full scan of recovery begins. */
  scanBegins(): void {
    this.#scanned = new Map()
  }

  /** The full scan read this saga. */
  scanned(saga: Saga): void {
    if (saga.isFinal) this.#addOwed(this.#scanned, saga.owed)
  }

  /** The full scan has read every due saga. */
  scanEnds(): void {
    this.#owedByFinal = this.#scanned
    this.#scanned = new Map()
    this.#counted('scan')
  }

  /** Where each saga has an alarm of its own, nothing can count them: each is reported when its alarm rings. */
  woken({ id: saga, state, owed }: Saga, incidents: Pick<Incidents, 'report'>): void {
    const { channels } = this.#options
    const group = 'unknown references'
    for (const { channel } of owed) {
      if (channels.has(channel)) continue
      const fields = { saga, channel }
      incidents.report({ code: 'command.unknown-channel', group, kind: `channel ${channel}`, fields })
    }
    if (this.#hasState(state)) return
    incidents.report({ code: 'saga.unknown-state', group, kind: `state ${state}`, fields: { saga, state } })
  }

  async #count(): Promise<void> {
    const { runtime, shared } = this.#options
    const began = runtime.monotonic()
    const isWhole = await this.#list().catch(() => false) // an outage of the store is logged where requests meet it
    if (this.#isStopped) return
    if (isWhole) this.#counted('list')
    const isClean = isWhole && this.#states.size + this.#owed.size === 0
    if (isClean && !shared) return // no other process can add any
    const wait = Math.max(isClean ? COUNT_AGAIN_CLEAN : COUNT_AGAIN, COUNT_PAUSE * (runtime.monotonic() - began))
    this.#cancel = runtime.after(wait, () => void this.#count())
  }

  /** Page by page with pauses, so that requests go first. Returns false where it was stopped before the end. */
  async #list(): Promise<boolean> {
    const { can, runtime, isCatchingUp } = this.#options
    if (can.list === false) return false
    const counted = await this.#counts()
    const [states, owed]: [Counts, Counts] = [counted ?? new Map(), new Map()]
    const has = counted && 'owed'
    const patient = runtime.monotonic() + BACKLOG_PATIENCE
    let after: Cursor | undefined
    do {
      const began = runtime.monotonic()
      const page = await can.list.page({ isFinal: false, has, limit: PAGE, after })
      for (const saga of page.items) {
        if (counted === undefined && !this.#hasState(saga.state)) add(states, saga.state)
        this.#addOwed(owed, saga.owed)
      }
      after = page.next
      const ended = runtime.monotonic()
      const isPutOff = ended < patient && isCatchingUp()
      const pause = isPutOff ? BACKLOG_PAUSE : Math.max(1, PAGE_PAUSE * (ended - began))
      if (after !== undefined) await new Promise<void>((resolve) => (this.#cancel = runtime.after(pause, resolve)))
    } while (after !== undefined && !this.#isStopped)
    this.#states = states
    this.#owed = owed
    return true
  }

  /** Unknown states by the store's own count, which at a million sagas takes a twentieth of a list; `undefined` without one. */
  async #counts(): Promise<Counts | undefined> {
    const { counts } = this.#options.can
    if (counts === false) return undefined
    const open = await counts.count({ isFinal: false })
    if (!isCounted(open)) return undefined
    const unknown = open.filter(({ state }) => !this.#hasState(state))
    return new Map(unknown.map(({ state, total }) => [state, total]))
  }

  /** A state of the machine, or the former name of one (P11). */
  #hasState(state: string): boolean {
    const { states, movedStates } = this.#options.machine
    return states.has(state) || movedStates?.has(state) === true
  }

  #addOwed(counts: Counts, owed: Saga['owed']): void {
    for (const { channel } of owed) if (!this.#options.channels.has(channel)) add(counts, channel)
  }

  /** The first line waits for both counts, but not longer than until one of them comes a second time. */
  #counted(by: 'list' | 'scan'): void {
    const isFirst = this.#awaited.delete(by)
    if (!isFirst) this.#awaited.clear()
    if (this.#awaited.size === 0) this.#publish()
  }

  #publish(): void {
    const { metrics } = this.#options
    const commands = new Map(this.#owed)
    for (const [channel, count] of this.#owedByFinal) commands.set(channel, (commands.get(channel) ?? 0) + count)
    metrics.unknownReferences('channel', commands)
    metrics.unknownReferences('state', this.#states)
    this.#log(commands)
  }

  #log(commands: Counts): void {
    const { runtime } = this.#options
    const fields = { commandsByChannel: largestCounts(commands), sagasByState: largestCounts(this.#states) }
    const text = JSON.stringify(fields)
    const now = runtime.monotonic()
    const isSome = commands.size + this.#states.size > 0
    if (text === this.#logged || (this.#logged === '' && !isSome) || now - this.#loggedAt < COUNT_AGAIN) return
    this.#logged = isSome ? text : ''
    this.#loggedAt = now
    if (isSome) runtime.log.write('configuration.unknown', fields)
    else runtime.log.write('configuration.known')
  }
}

function add(counts: Counts, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
