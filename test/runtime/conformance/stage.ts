import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { BUSY } from '../../../src/http/overload.ts'
import { CONFIRMS, follows } from '../../services/behaviour.ts'
import { call, eventually } from '../../services/client.ts'
import type { Answer, Request } from '../../services/client.ts'
import { startParticipant } from '../../services/participant.ts'
import type { Participant, Received } from '../../services/participant.ts'
import { reservation } from '../../services/reservation.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { Worker } from '../../services/worker.ts'
import type { TestedRuntime } from './tested.ts'

export interface RunningWorkerOptions {
  readonly edit?: (file: SagaFile) => void
  /** `text`: saga.json in `CONFIGURATION`, with an invalid path (C1.4). */
  readonly as?: 'file' | 'text'
  readonly environment?: Readonly<Record<string, string>>
  /** Headers of every request, the participant's included. */
  readonly headers?: Readonly<Record<string, string>>
  /** Base path of the requests. */
  readonly base?: string
}

export type Started = Pick<TestedRuntime, 'script' | 'launcher' | 'args' | 'persistency'>

/** The optional parts of an event. */
interface EventParts {
  readonly key?: string | undefined
  readonly payload?: object
}

/** A worker that is ready, and its participant. */
export class RunningWorker {
  readonly participant: Participant
  readonly worker: Worker
  readonly #headers: Readonly<Record<string, string>>
  readonly #base: string

  private constructor(participant: Participant, worker: Worker, { headers = {}, base = '' }: RunningWorkerOptions) {
    this.participant = participant
    this.worker = worker
    this.#headers = headers
    this.#base = base
    participant.reports(worker.url + base, headers)
  }

  static async open(
    { script, launcher, args, persistency }: Started,
    options: RunningWorkerOptions = {},
  ): Promise<RunningWorker> {
    const participant = await startParticipant(follows(CONFIRMS))
    const file = reservation(participant.port, options.edit)
    if (persistency !== undefined) file.persistencyManagement = persistency()
    const configuration = JSON.stringify(file)
    const text = { CONFIGURATION: configuration, CONFIGURATIONS_FILE_PATH: '/nowhere/saga.json' }
    const environment = { LOG_LEVEL: 'warn', ...(options.as === 'text' && text), ...options.environment }
    const worker = await Worker.prepare({ script, launcher, args: args ?? [], configuration, environment })
    try {
      await worker.start()
    } catch (thrown) {
      await Promise.all([participant.close(), worker.stop()])
      throw thrown
    }
    return new RunningWorker(participant, worker, options)
  }

  async close(): Promise<void> {
    await Promise.all([this.participant.close(), this.worker.stop()])
  }

  call(path: string, { headers, ...request }: Request = {}): Promise<Answer> {
    return call(this.worker.url + this.#base + path, { ...request, headers: { ...this.#headers, ...headers } })
  }

  /** Creates a saga. Resolves with its id. */
  async create(metadata: object = {}, key?: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const headers = key === undefined ? more : { ...more, 'idempotency-key': key }
    const body = { associatedEntityId: 'reservation-1', metadata }
    const answer = await this.call('/saga', { body, headers })
    if (answer.status !== 200) throw new Error(`create a saga: ${answer.status} ${answer.text}`)
    return (answer.json as { sagaId: string }).sagaId
  }

  /** Creates so many sagas at once. On a busy machine the service may refuse some of them, and says so: those are sent again. */
  async createAtOnce(count: number): Promise<readonly string[]> {
    const created = () =>
      this.create().catch((thrown: Error) => {
        if (!thrown.message.includes(BUSY)) throw thrown
      })
    const one = () => eventually(async () => (await created()) ?? undefined)
    return Promise.all(Array.from({ length: count }, one))
  }

  event(sagaId: string, label: string, { key, payload = {} }: EventParts = {}): Promise<Answer> {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
    return this.call('/event', {
      body: { key: sagaId, value: { messageLabel: label, messagePayload: payload } },
      headers,
    })
  }

  async document(sagaId: string): Promise<SagaDocument> {
    const answer = await this.call(`/sagas/${encodeURIComponent(sagaId)}`)
    if (answer.status !== 200) throw new Error(`read the saga: ${answer.status} ${answer.text}`)
    return answer.json as SagaDocument
  }

  /** The document of a saga once it is final with an empty outbox. */
  settled(sagaId: string, within?: number): Promise<SagaDocument> {
    const look = async () => {
      const document = await this.document(sagaId)
      return document.isFinal && document.owed === undefined ? document : undefined
    }
    return eventually(look, within)
  }

  /** The commands of a saga, once the participant has received this many. */
  commands(sagaId: string, atLeast = 1, within?: number): Promise<readonly Received[]> {
    const look = () => this.participant.received.filter((command) => command.sagaId === sagaId)
    return eventually(() => (look().length >= atLeast ? look() : undefined), within)
  }
}
