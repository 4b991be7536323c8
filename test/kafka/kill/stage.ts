import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { type Broker, startBroker } from '../../../testing/broker/broker.ts'
import { sideBySide } from '../../../testing/load/run-saga.ts'
import { call } from '../../services/client.ts'
import { Topics } from '../../services/topics.ts'
import { Worker } from '../../services/worker.ts'
import { visit } from './foreign.ts'
import { SagaLoad } from '../support/saga-load.ts'
import { untilJoined } from '../support/until-joined.ts'
import { type ProofRecords, faults, type ProofTopics as Found } from '../support/broken-promises.ts'
import { COMMANDS, configuration, EVENTS, GROUP, PARTITIONS, PLAN, reservation } from './plan.ts'
import { Probes } from './probes.ts'
import { Services } from './services.ts'

/** Time without progress, while all processes work, after which a saga counts as stuck. */
const STILL = 10_000
/** After a crash a service waits for half a minute, until its former session has ended. */
const LONGEST = 90_000
const SERVICES = ['validateReservation', 'checkReservation', 'early'] as const

/** All processes of the proof. */
export class KillStage {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'batuta-kill-'))
  readonly broker: Broker
  readonly worker: Worker
  readonly load: SagaLoad
  readonly probes: Probes
  readonly services: Services
  /** Commands in the topic that a service had skipped, or before which it hung: they were sent to it again. */
  lost = 0
  readonly #topics: Topics
  readonly #ending = new AbortController()

  private constructor(broker: Broker, worker: Worker) {
    this.broker = broker
    this.worker = worker
    const ending = this.#ending.signal
    this.load = new SagaLoad({ url: () => worker.url, bodyOf: reservation, still: STILL, longest: LONGEST, ending })
    this.probes = new Probes(worker.url)
    this.services = new Services(broker.addresses.plaintext, this.folder)
    this.#topics = new Topics(broker.addresses.plaintext)
  }

  static async open(): Promise<KillStage> {
    const broker = await startBroker()
    const { plaintext } = broker.addresses
    await createTopics(plaintext)
    const worker = await Worker.prepare({ script: 'start:kafka', configuration: configuration(plaintext) })
    const stage = new KillStage(broker, worker)
    for (const label of SERVICES) await stage.#serve(label, `service.${label}`)
    await worker.start()
    stage.probes.start()
    return stage
  }

  visit = (stay: number): Promise<number> => visit(this.broker.addresses.plaintext, stay)

  /** Waits until the last started worker has all partitions. */
  async joined(): Promise<void> {
    await untilJoined(this.worker)
    await sleep(1_000)
  }

  /** The number of events that Batuta has not committed. */
  lag(): Promise<number> {
    return this.#topics.lag(GROUP, EVENTS)
  }

  /** Effects that no service has had: a saga whose event came early has ended before its last command is done. */
  undone(): readonly string[] {
    const wanted = this.load.created.flatMap(({ n }) => PLAN.course(n).effects)
    return wanted.filter((effect) => !this.services.effects.has(effect))
  }

  /** Waits until all sagas have ended. A service at fault is restarted; a fault of the worker ends the test. */
  async settled(): Promise<void> {
    const stuck = await this.load.settle(() => this.services.areReady && this.probes.areWell)
    if (stuck.length === 0) return
    const documents = await this.#documents(stuck)
    const found = faults(PLAN, documents, await this.#found())
    if (found.length > 0) {
      writeFileSync(join(this.folder, 'stuck.json'), JSON.stringify(documents, undefined, 2))
      throw new Error(`${found.slice(0, 20).join('\n')}\n${found.length} in all; logs in ${this.folder}`)
    }
    this.lost += stuck.length
    for (const label of SERVICES) await this.#serve(label, `again.${label}.${randomUUID()}`)
    const left = await this.load.settle(() => this.services.areReady && this.probes.areWell)
    if (left.length > 0) throw new Error(`${left.length} sagas do not end, although their commands were handled twice`)
  }

  async look(): Promise<ProofRecords> {
    const documents = await this.#documents(this.load.created.map(({ sagaId }) => sagaId))
    const found = await this.#found()
    return { ...found, documents: new Map(documents.map((one) => [one.sagaId, one])), effects: this.services.effects }
  }

  async close(): Promise<void> {
    this.#ending.abort()
    const isKept = existsSync(this.folder) // the test removes it when all is well
    if (isKept) {
      writeFileSync(join(this.folder, 'worker.log'), this.worker.stdout + this.worker.stderr)
      cpSync(this.worker.folder, join(this.folder, 'worker'), { recursive: true })
    }
    await Promise.all([this.probes.stop(), this.services.close(), this.worker.stop(), this.#topics.close()])
    await this.broker.close()
  }

  /** Reads from the oldest record. */
  async #serve(label: string, group: string): Promise<void> {
    await beginAtStart(this.broker.addresses.plaintext, group)
    this.services.start(label, group)
  }

  async #found(): Promise<Found> {
    return { commands: await this.#topics.readAll(COMMANDS), events: await this.#topics.readAll(EVENTS) }
  }

  async #documents(ids: readonly string[]): Promise<readonly SagaDocument[]> {
    const found: SagaDocument[] = []
    const left = [...ids]
    await sideBySide(16, async () => {
      const id = left.pop()
      if (id === undefined) return false
      const { status, json } = await call(`${this.worker.url}/sagas/${id}`)
      if (status === 200) found.push(json as SagaDocument)
      return true
    })
    return found
  }
}

function createTopics(broker: string): Promise<unknown> {
  const topics = [COMMANDS, EVENTS].map((topic) => ({ topic, numPartitions: PARTITIONS }))
  return administer(broker, (admin) => admin.createTopics({ topics, waitForLeaders: true }))
}

/** A new group of the public client would start at the end of its topics. */
function beginAtStart(broker: string, groupId: string): Promise<unknown> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, offset: '0' }))
  return administer(broker, (admin) => admin.setOffsets({ groupId, topic: COMMANDS, partitions }))
}

async function administer(
  broker: string,
  work: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>,
): Promise<void> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await work(admin).finally(() => admin.disconnect())
}
