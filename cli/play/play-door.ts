import type { Hono } from 'hono'
import { encodeIdentity } from '../../src/codec/identity.ts'
import type { CommandId, Metadata, SagaId } from '../../src/engine/saga.ts'

/** An event of a participant, as it goes to `POST /event`. */
export interface PlayedAnswer {
  readonly command: CommandId
  readonly sagaId: SagaId
  readonly event: string
  readonly payload: Metadata
}

/** The answer of the service. */
export interface DoorAnswer {
  readonly status: number
  readonly isOk: boolean
  readonly body: Readonly<Record<string, unknown>>
}

/** The public HTTP API of the service in this process: participants use what every participant has. */
export class PlayDoor {
  readonly #app: Promise<Hono>
  readonly open: (app: Hono) => void

  constructor() {
    const { promise, resolve } = Promise.withResolvers<Hono>()
    this.#app = promise
    this.open = resolve
  }

  /** Waits until the service listens. The id of the command makes a repeat harmless. */
  event({ command, sagaId, event, payload }: PlayedAnswer): Promise<DoorAnswer> {
    const body = { key: sagaId, value: { messageLabel: event, messagePayload: payload } }
    return this.#request('/event', { body, headers: { 'idempotency-key': encodeIdentity(`play/${command}`) } })
  }

  /** State and associated entity of a saga; empty where it cannot be read. */
  async saga(sagaId: SagaId): Promise<KnownSaga> {
    const { body } = await this.#request(`/sagas/${encodeURIComponent(sagaId)}`)
    const { currentState: state, associatedEntityId: entity } = body
    return { ...(typeof state === 'string' && { state }), ...(typeof entity === 'string' && { entity }) }
  }

  /** Asks every live saga for the command of its state again: the participants of an earlier run have forgotten them. */
  async resendAll(): Promise<void> {
    const { body } = await this.#request('/sagas?isFinal=false&limit=1')
    if (!Array.isArray(body['items']) || body['items'].length === 0) return
    const reason = 'batuta dev has begun anew, and its participants remember nothing'
    await this.#request('/operations', { body: { action: 'resend', filter: { isFinal: 'false' }, reason } })
  }

  async #request(path: string, { body, headers = {} }: DoorRequest = {}): Promise<DoorAnswer> {
    const app = await this.#app
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const answer = await app.request(path, { ...sent, headers: { 'content-type': 'application/json', ...headers } })
    const parsed = (await answer.json().catch(() => ({}))) as Readonly<Record<string, unknown>>
    return { status: answer.status, isOk: answer.ok, body: parsed }
  }
}

/** The parts of a saga that a participant asks for. */
export interface KnownSaga {
  readonly state?: string
  readonly entity?: string
}

interface DoorRequest {
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}
