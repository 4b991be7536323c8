import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { headOf, shownOf } from '../../src/codec/stored-document.ts'
import { eventWriterOf } from '../../src/codec/write-verdict.ts'
import type { Change } from '../../src/engine/change.ts'
import type { EventId, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { RestClient } from './rest/connect.ts'
import type { RestPersistencySettings } from './rest/connect.ts'
import { basisOf, METADATA, RestWriter } from './rest/write.ts'

/** Opens a store behind the two routes of Flow Manager's REST protocol (C6.1): one document a saga. */
export function restPersistency(settings: RestPersistencySettings, fetch: Fetch): Persistency {
  return new RestPersistency(new RestClient(settings, fetch))
}

/**
 * Where the service answers strong tags, every write is conditional and the last answer is the basis of the next one. Without
 * tags each write reads and compares first, and between the two the last writer wins (P17).
 */
class RestPersistency implements Persistency {
  readonly name = 'rest'
  readonly can: Capabilities = {
    compareAndSet: 'when-tagged',
    shared: true,
    growth: 'document',
    recovery: { by: 'redelivery' },
    list: false,
    removal: false,
    counts: false,
    records: false,
    adoption: false,
    limit: METADATA,
  }
  readonly #client: RestClient
  readonly #writer: RestWriter
  #open = true

  constructor(client: RestClient) {
    this.#client = client
    this.#writer = new RestWriter(client)
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    const kept = await this.#use().read(id)
    return kept && { saga: headOf(kept.document), basis: basisOf(kept) }
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    this.#use()
    return this.#writer.save(change, next, basis)
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    const kept = await this.#use().read(id)
    return kept !== undefined && eventWriterOf(kept.document, event, label) !== undefined
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const kept = await this.#use().read(id)
    return kept && shownOf(kept.document)
  }

  async probe(): Promise<Health> {
    return this.#open ? this.#client.probe() : { ok: false, why: CLOSED }
  }

  async close(): Promise<void> {
    this.#open = false
  }

  #use(): RestClient {
    if (!this.#open) throw new BatutaError('store-unavailable', CLOSED)
    return this.#client
  }
}

const CLOSED = 'the store "rest" is closed'
