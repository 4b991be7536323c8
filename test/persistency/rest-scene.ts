import { afterEach, expect } from 'vitest'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import type { PreparedSave } from '../../testing/contract/build.ts'
import { restService } from './rest-service.ts'
import type { RestService, Tags } from './rest-service.ts'

export const { fetch } = nodeRuntime('silent')
/** With a shorter time-out, so that frozen tests end sooner. */
const impatient: Fetch = (url, request) => {
  expect(request.timeouts).toEqual({ connect: DEFAULTS.connect, answer: DEFAULTS.answer })
  return fetch(url, { ...request, timeouts: { connect: 300, answer: 300 } })
}

const closing: RestService[] = []
afterEach(() => Promise.all(closing.splice(0).map((service) => service.close())))

/** A service of this test and our store over it. */
export async function scene(
  tags: Tags = 'strong',
  how: { readonly least?: boolean; readonly merges?: boolean } = {},
): Promise<{ service: RestService; store: Persistency }> {
  const service = await restService({ tags, ...how })
  closing.push(service)
  return { service, store: restPersistency(service.settings(), impatient) }
}

/** Another writer, which ignores tags. */
export function overwrite({ documents }: RestService, { change, next }: PreparedSave): void {
  const [path, found] = documents.entries().next().value ?? [`/sagas/${next.id}`, undefined]
  const before = (found === undefined ? {} : JSON.parse(found.body)) as {
    history?: { events: object[]; states: object[] }
  }
  const { event } = change.step ?? { event: { id: '', label: '' } }
  const history = {
    writeId: change.writeId,
    length: next.length,
    created: next.createdAt,
    updated: next.updatedAt,
    entered: next.enteredAt,
    due: next.due,
    owed: next.owed,
    states: [...(before.history?.states ?? []), { state: next.state, timestamp: '2080-01-01T00:00:00.000Z' }],
    events: [...(before.history?.events ?? []), { event: event.label, id: event.id, writeId: change.writeId }],
  }
  const { id: _, ...head } = { id: '', currentState: next.state, metadata: next.metadata, isFinal: next.isFinal }
  const business = { businessStateId: next.business?.id, businessStateDescription: next.business?.description }
  const body = JSON.stringify({ ...head, ...business, latestEvent: event.label, history })
  documents.set(path, { body, version: (found?.version ?? 0) + 1 })
}

interface FoundDocument {
  readonly metadata: object
  readonly history: { readonly states: object[]; readonly events: object[] }
}

/** The only document of the service. */
export function documentOf({ documents }: RestService): FoundDocument {
  const { value } = documents.values().next()
  return JSON.parse(value?.body ?? '') as FoundDocument
}

/**
 * Flow Manager handles "reserved": it writes back what it read, with our fields in the history or without, and ignores tags.
 */
export function referenceMoves(service: RestService, how: 'keeps' | 'drops'): void {
  const { metadata, history, ...fields } = documentOf(service)
  const { states, events, ...ours } = history
  const timestamp = '2080-01-01T00:00:00.000Z'
  rewrite(service, {
    ...fields,
    currentState: 'paying',
    latestEvent: 'reserved',
    metadata: { ...metadata, by: 'reference' },
    history: {
      states: [...states, { state: 'paying', timestamp }],
      events: [...events, { event: 'reserved', timestamp }],
      ...(how === 'keeps' && ours),
    },
  })
}

/** An edit by hand with the right tag: write id and number of events stay. */
export function operatorRepairs(service: RestService): void {
  const { metadata, ...fields } = documentOf(service)
  rewrite(service, { ...fields, metadata: { ...metadata, by: 'operator' } })
}

function rewrite({ documents }: RestService, document: object): void {
  for (const [path, { version }] of documents)
    documents.set(path, { body: JSON.stringify(document), version: version + 1 })
}
