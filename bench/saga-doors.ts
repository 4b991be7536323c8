import { Pool } from 'undici'
import type { EventDoor } from '../testing/load/participant.ts'
import { runSaga } from '../testing/load/run-saga.ts'
import type { SagaEndings } from '../testing/load/saga-endings.ts'
import { ServiceClient } from '../testing/load/service-client.ts'
import type { EmittedEvent, EventAnswer, SagaRequest } from '../testing/load/service-client.ts'

/** How a service is spoken to. `requests`: creations alone. */
export type Wire = 'batuta' | 'requests' | 'restate' | 'dbos'

/** A client of a service that leads sagas. */
export interface SagaDoor extends EventDoor {
  /** Resolves when the saga is confirmed; rejects where it is not. */
  lead(creation: SagaRequest): Promise<void>
  close(): Promise<void>
}

/** Options of `openDoor`. */
export interface DoorOptions {
  readonly url: string
  readonly connections: number
  readonly endings: SagaEndings
}

export const CONFIRMED = 'reservationConfirmed'
/** Milliseconds for a saga. */
const PATIENCE = 30_000

/** Opens the client for this wire, with keep-alive connections. */
export function openDoor(wire: Wire, { url, connections, endings }: DoorOptions): SagaDoor {
  if (wire === 'restate' || wire === 'dbos') {
    const times = { headersTimeout: PATIENCE, bodyTimeout: PATIENCE } // a peer that hangs fails, and the run goes on
    return new AnsweringDoor(new Pool(url, { connections, ...times }), PATHS[wire])
  }
  const client = new ServiceClient(url, connections)
  return Object.assign(client, {
    async lead(creation: SagaRequest): Promise<void> {
      if (wire === 'requests') return void (await client.create(creation))
      const { sagaId, state } = await runSaga({ service: client, endings, patience: PATIENCE }, creation)
      if (state === undefined)
        throw new Error(`lead the saga "${sagaId}": expected its end within ${PATIENCE / 1_000} s`)
    },
  })
}

interface Paths {
  readonly creation: string
  /** For the name under which the command asked for its event. */
  readonly event: (name: string) => string
}

const PATHS: Readonly<Record<'restate' | 'dbos', Paths>> = {
  // The command's key is an awakeable, which Restate's ingress resolves without calling the service.
  restate: { creation: '/Reservation/run', event: (awakeable) => `/restate/awakeables/${awakeable}/resolve` },
  dbos: { creation: '/saga', event: (workflow) => `/event/${workflow}` },
}

/** A service that answers the creation of a saga with its final state, when it is final. */
class AnsweringDoor implements SagaDoor {
  readonly #pool: Pool
  readonly #paths: Paths
  #isOpen = true

  constructor(pool: Pool, paths: Paths) {
    this.#pool = pool
    this.#paths = paths
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  async lead(creation: SagaRequest): Promise<void> {
    const state = await this.#post(this.#paths.creation, creation)
    if (state !== `"${CONFIRMED}"`)
      throw new Error(`lead a saga: expected "${CONFIRMED}", the service answered ${state}`)
  }

  async emit({ sagaId, label, payload, key }: EmittedEvent): Promise<EventAnswer> {
    const event = { messageLabel: label, messagePayload: payload }
    await this.#post(this.#paths.event(sagaId), event, { 'idempotency-key': key })
    return { outcome: 'accepted', sagaId, currentState: '' }
  }

  /** Ends requests under way too. */
  close(): Promise<void> {
    this.#isOpen = false
    return this.#pool.destroy()
  }

  async #post(path: string, content: unknown, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const headers = { 'content-type': 'application/json', ...more }
    const request = { method: 'POST', path, headers, body: JSON.stringify(content) } as const
    const { statusCode, body } = await this.#pool.request(request)
    const text = await body.text()
    if (statusCode >= 300) throw new Error(`post to ${path}: expected 2xx, the service answered ${statusCode} ${text}`)
    return text
  }
}
