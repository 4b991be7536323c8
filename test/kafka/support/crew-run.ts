import { setTimeout as sleep } from 'node:timers/promises'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import { sideBySide } from '../../../testing/load/run-saga.ts'
import { eventually } from '../../services/client.ts'
import { kafka, lag, readAll } from '../../services/kafka.ts'
import { makeFixture } from './fixture.ts'
import type { KafkaFixture } from './fixture.ts'
import { WorkerCrew } from './worker-crew.ts'
import { SagaLoad } from './saga-load.ts'
import type { CreatedSaga } from './saga-load.ts'
import { KafkaPeer } from './kafka-peer.ts'
import { dueIn, openStoreOf } from './shared-store.ts'
import { eventsOf, EXPIRED, isLate, tableFor, tablesPlan, waiter } from './tables.ts'
import { keyOf, labelOf } from './broken-promises.ts'
import type { ProofRecords, ProofPlan } from './broken-promises.ts'

const [WORKERS, PARTITIONS, EVERY] = [3, 6, 3_000]
/** The outbox of a killed worker may be claimed after fifteen seconds, its partitions after three (P12). */
const STILL = 30_000
/** Half of the answers are sent at once, the others after a while. */
const thinks = () => Math.max(0, Math.random() - 0.5) * 4_000
const HOUR = 3_600_000
/**
 * Not `kafka.partition-waits`: an event that could not be written in time stays in its partition and is read again, which the lag
 * of the group shows in the end. A store of a busy machine lets some wait.
 */
const NO_EFFECT = /.*"code":"(event[.]unexpected|kafka[.]poison)".*/g

/** Workers of one group on one store, which join and leave while they lead sagas. */
export class CrewRun {
  readonly plan: ProofPlan = tablesPlan('kafkaChannel')
  /** Effect → the number of keys under which it was requested. */
  readonly effects = new Map<string, number>()
  readonly load: SagaLoad
  readonly crew: WorkerCrew
  readonly #fixture: KafkaFixture
  readonly #store: Persistency
  readonly #peer: KafkaPeer
  readonly #ending = new AbortController()
  readonly #seconds: number[] = []

  private constructor(
    fixture: KafkaFixture,
    parts: { readonly crew: WorkerCrew; readonly store: Persistency; readonly peer: KafkaPeer },
  ) {
    this.#fixture = fixture
    this.crew = parts.crew
    this.#store = parts.store
    this.#peer = parts.peer
    this.load = new SagaLoad({ url: this.crew.url, bodyOf: tableFor, still: STILL, ending: this.#ending.signal })
    const to = fixture.events
    this.#peer.follow({ script: waiter((effect) => this.#does(effect)), to, thinks })
  }

  /** Resolves when all workers are in the group. */
  static async open(persistencyManagement: object): Promise<CrewRun> {
    const fixture = await makeFixture({ partitions: PARTITIONS })
    const { machine } = tablesPlan('kafkaChannel')
    const settings = { ...fixture.file.settings, unexpectedEvents: 'park' }
    const file = { ...fixture.file, machineDefinition: machine, persistencyManagement, settings }
    const configuration = JSON.stringify(file)
    const crew = await WorkerCrew.start(WORKERS, { script: 'start:kafka', configuration })
    const peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [fixture.commands] })
    return new CrewRun(fixture, { crew, store: await openStoreOf(configuration), peer })
  }

  /** Creates sagas for a time in which workers leave and join. */
  work(sagas: number, seconds: number): Promise<void> {
    return this.#timed(async () => {
      let isCreated = false
      const creating = this.load.create(sagas, seconds).finally(() => (isCreated = true))
      const lastOf = (n: number) => this.plan.course(n).effects.at(-1) ?? ''
      const open = () => this.load.created.filter(({ n }) => !this.effects.has(lastOf(n))).length
      // While sagas are created, or soon after, when their first events arrive.
      const atWorst = () => Promise.race([this.load.next(), creating]).then(() => sleep(Math.random() * 60))
      await Promise.all([creating, this.crew.churn({ every: EVERY, isOver: () => isCreated, open, atWorst })])
    })
  }

  /** Waits until no work is left. */
  rest(): Promise<void> {
    return this.#timed(async () => {
      const stuck = await this.load.settle(() => true)
      if (stuck.length > 0) throw new Error(`sagas do not end: ${stuck.slice(0, 5).join(', ')}; ${stuck.length} in all`)
      const { commands, events, group } = this.#fixture
      const due = () => dueIn(this.#store, Date.now() + HOUR, 10).catch(() => undefined) // the store is busy
      await eventually(async () => ((await due())?.length === 0 ? true : undefined))
      // The last commands are those of killed workers, which others send after the end of their sagas; the peer may answer them.
      await this.#peer.until(commands, (await readAll(commands)).length)
      await this.#peer.idle()
      await eventually(async () => ((await lag(group, events)) === 0 ? true : undefined))
    })
  }

  async look(): Promise<ProofRecords> {
    const [commands, events] = [await readAll(this.#fixture.commands), await readAll(this.#fixture.events)]
    return { commands, events, documents: await this.#documents(), effects: this.effects }
  }

  /** The number of events in the topic, where none is lost. */
  eventsWanted({ commands, documents }: ProofRecords): number {
    const payments = new Map<string | null, number>()
    for (const record of commands) {
      if (labelOf(record) === 'takePayment') payments.set(record.key, (payments.get(record.key) ?? 0) + 1)
    }
    const of = ({ n, sagaId }: CreatedSaga) =>
      eventsOf(n, documents.get(sagaId)?.currentState ?? '', payments.get(sagaId) ?? 0)
    return this.load.created.reduce((sum, one) => sum + of(one), 0)
  }

  /** Log lines of events that had no effect, where each event must be the first, a duplicate, or late. */
  withoutEffect(): readonly string[] {
    const numbers = new Map(this.load.created.map(({ n, sagaId }) => [sagaId, n]))
    return (this.crew.said.match(NO_EFFECT) ?? []).filter((line) => {
      const { saga = '', label = '', state = '' } = JSON.parse(line) as Readonly<Partial<Record<string, string>>>
      return !isLate(numbers.get(saga) ?? -1, label, state)
    })
  }

  summary({ commands, events, documents }: ProofRecords): string {
    const { crew, load } = this
    const keys = new Set(commands.map(keyOf)).size
    const [working, resting] = this.#seconds
    const open = crew.made.map((made) => made.open)
    const waits = crew.said.split('"code":"kafka.partition-waits"').length - 1
    return (
      `kafka workers on ${this.#store.name}: ${load.created.length} sagas, ${working} s and ${resting} s; ` +
      `${crew.times('join')} joined, ${crew.times('terminate')} left, ${crew.times('kill')} were killed, with ` +
      `${Math.min(...open)} to ${Math.max(...open)} sagas open; ${load.repeats} creations asked for again; ` +
      `${commands.length} commands, ${commands.length - keys} sent again; ${events.length} events; ` +
      `${this.effects.size} effects; ${expired([...documents.values()])} payments expired; ${waits} waits of a partition; ` +
      `a saga stood still for ${longestPause([...documents.values()])} ms at most`
    )
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.all([this.#peer.close(), this.crew.close(), this.#store.close()])
  }

  #does(effect: string): void {
    this.effects.set(effect, (this.effects.get(effect) ?? 0) + 1)
  }

  async #timed(work: () => Promise<void>): Promise<void> {
    const begun = Date.now()
    await work()
    this.#seconds.push(Math.round((Date.now() - begun) / 100) / 10)
  }

  async #documents(): Promise<ReadonlyMap<string, SagaDocument>> {
    const found = new Map<string, SagaDocument>()
    const left = this.load.created.map(({ sagaId }) => sagaId)
    await sideBySide(16, async () => {
      const id = left.pop()
      if (id === undefined) return false
      const read = () =>
        this.#store.document(id).then(
          (document) => ({ document }),
          () => undefined, // the store is busy
        )
      const { document } = await eventually(read)
      if (document !== undefined) found.set(document.sagaId, document)
      return true
    })
    return found
  }
}

/** The number of sagas whose timer has fired its event. */
export function expired(documents: readonly SagaDocument[]): number {
  return documents.filter(({ history }) => history.events.some(({ event }) => event === EXPIRED)).length
}

function longestPause(documents: readonly SagaDocument[]): number {
  const pauses = documents.flatMap(({ history }) => {
    const times = history.states.map(({ timestamp }) => Date.parse(timestamp))
    return times.slice(1).map((time, index) => time - (times[index] ?? time))
  })
  return Math.max(0, ...pauses)
}
