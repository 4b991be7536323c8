import type { Duration, Saga } from '../engine/saga.ts'
import type { Machine } from '../machine/compile.ts'
import type { Channels } from './attach.ts'
import type { Incidents } from './incidents.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Capabilities, Cursor } from '../ports/persistency.ts'
import type { Cancel, Runtime } from '../ports/runtime.ts'

export interface UnknownReferencesOptions {
  readonly machine: Pick<Machine, 'states'>
  readonly channels: Pick<Channels, 'has'>
  readonly list: Capabilities['list']
  /** Whether processes with another configuration may write the same sagas meanwhile. */
  readonly shared: boolean
  readonly runtime: Pick<Runtime, 'monotonic' | 'after' | 'log'>
  readonly metrics: Pick<Metrics, 'unknownReferences'>
}

type Counts = Map<string, number>

/** Sagas that are listed at once, and how much longer than that took it is waited before the next ones. */
const PAGE = 100
const GENTLE = 4
/** A count begins at most so often, and so many times as long as it took after its end; where nothing was found, this much later. */
const AGAIN: Duration = 60_000
const PAUSE = 20
const CLEAN: Duration = 600_000
/** Names that a line of the log has. */
const NAMES = 20

/**
 * Commands owed to channels, and sagas in states, that the configuration no longer has: no answer and no retry tells of them, so
 * they are counted, at the start and now and then, and told when the counts change. Sagas that go on are listed; what is final
 * and still owes is counted where recovery reads it. A store that cannot list has none to count.
 */
export class UnknownReferences {
  readonly #options: UnknownReferencesOptions
  #states: Counts = new Map()
  #owed: Counts = new Map()
  /** Of final sagas, as the last whole reading of what is due found them, and as the one under way has so far. */
  #final: Counts = new Map()
  #finding: Counts = new Map()
  /** Of which the first line waits for both, so that its counts are whole; not longer than until one comes again. */
  readonly #awaited = new Set<'list' | 'recovery'>()
  #told = ''
  #toldAt = Number.NEGATIVE_INFINITY
  #cancel: Cancel | undefined
  #isStopped = false

  constructor(options: UnknownReferencesOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#options.list === false) return
    this.#awaited.add('list').add('recovery')
    void this.#count()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  /** Recovery begins to read everything. */
  meets(): void {
    this.#finding = new Map()
  }

  /** Recovery came by this saga while it read everything. */
  met(saga: Saga): void {
    if (saga.isFinal) this.#addOwed(this.#finding, saga.owed)
  }

  /** Recovery has read everything. */
  metAll(): void {
    this.#final = this.#finding
    this.#finding = new Map()
    this.#counted('recovery')
  }

  /** Where each saga has an alarm of its own, nobody can count them: it is told when one comes by. */
  woken({ id: saga, state, owed }: Saga, incidents: Pick<Incidents, 'report'>): void {
    const { machine, channels } = this.#options
    const common = { level: 'warn', group: 'strangers' } as const
    for (const { channel } of owed) {
      if (channels.has(channel)) continue
      const message = 'a command is owed to a channel that the configuration lacks; it waits until it has it'
      incidents.report({ ...common, kind: `channel ${channel}`, message, fields: { saga, channel } })
    }
    if (machine.states.has(state)) return
    const message = 'a saga is in a state that the configuration lacks; it waits until it has it'
    incidents.report({ ...common, kind: `state ${state}`, message, fields: { saga, state } })
  }

  async #count(): Promise<void> {
    const { runtime, shared } = this.#options
    const began = runtime.monotonic()
    const isWhole = await this.#list().catch(() => false) // the store is away: whoever needs it says so
    if (this.#isStopped) return
    if (isWhole) this.#counted('list')
    const isClean = isWhole && this.#states.size + this.#owed.size === 0
    if (isClean && !shared) return // nobody else can make some
    const wait = Math.max(isClean ? CLEAN : AGAIN, PAUSE * (runtime.monotonic() - began))
    this.#cancel = runtime.after(wait, () => void this.#count())
  }

  /** Page by page, and not at once: nobody waits for it. */
  async #list(): Promise<boolean> {
    const { list, machine, runtime } = this.#options
    if (list === false) return false
    const [states, owed]: [Counts, Counts] = [new Map(), new Map()]
    let after: Cursor | undefined
    do {
      const began = runtime.monotonic()
      const page = await list.page({ isFinal: false, limit: PAGE, after })
      for (const saga of page.items) {
        if (!machine.states.has(saga.state)) add(states, saga.state)
        this.#addOwed(owed, saga.owed)
      }
      after = page.next
      const pause = Math.max(1, GENTLE * (runtime.monotonic() - began))
      if (after !== undefined) await new Promise<void>((resolve) => (this.#cancel = runtime.after(pause, resolve)))
    } while (after !== undefined && !this.#isStopped)
    this.#states = states
    this.#owed = owed
    return true
  }

  #addOwed(counts: Counts, owed: Saga['owed']): void {
    for (const { channel } of owed) if (!this.#options.channels.has(channel)) add(counts, channel)
  }

  #counted(by: 'list' | 'recovery'): void {
    const isFirst = this.#awaited.delete(by)
    if (!isFirst) this.#awaited.clear()
    if (this.#awaited.size === 0) this.#tell()
  }

  #tell(): void {
    const { metrics, runtime } = this.#options
    const commands = new Map(this.#owed)
    for (const [channel, count] of this.#final) commands.set(channel, (commands.get(channel) ?? 0) + count)
    metrics.unknownReferences('channel', commands)
    metrics.unknownReferences('state', this.#states)
    const fields = { commandsByChannel: shown(commands), sagasByState: shown(this.#states) }
    const text = JSON.stringify(fields)
    const now = runtime.monotonic()
    const isSome = commands.size + this.#states.size > 0
    if (text === this.#told || (this.#told === '' && !isSome) || now - this.#toldAt < AGAIN) return
    this.#told = isSome ? text : ''
    this.#toldAt = now
    if (isSome)
      runtime.log.warn(
        'the configuration lacks channels to which commands are owed, or states in which sagas are: they wait until it has them',
        fields,
      )
    else runtime.log.info('the configuration has every channel to which commands are owed, and every state again')
  }
}

function add(counts: Counts, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** The largest, with how many others there are. */
function shown(counts: Counts): Record<string, number> {
  const sorted = [...counts].sort(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1))
  const rest = sorted.slice(NAMES).reduce((sum, [, count]) => sum + count, 0)
  return Object.fromEntries([...sorted.slice(0, NAMES), ...(rest > 0 ? [['others', rest] as const] : [])])
}
