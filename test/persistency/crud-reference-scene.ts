import { expect } from 'vitest'
import { NOW } from '../../testing/contract/build.ts'
import type { CrudService } from '../fakes/crud-service.ts'

/** Writes as Flow Manager does (C6.2): no condition, the last writer wins. */
export async function upsert(service: CrudService, sagaId: string, $set: object): Promise<void> {
  const body = JSON.stringify({ $set })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${service.url}upsert-one?sagaId=${sagaId}`, { method: 'POST', headers, body })
  expect(answer.status).toBe(200)
}

export function iso(later: number): string {
  return new Date(NOW + later).toISOString()
}

/** The document as Flow Manager leaves it after the creation. */
export const DOCUMENT = {
  associatedEntityId: 'customer/7',
  currentState: 'open',
  latestEvent: 'orderPlaced',
  isFinal: false,
  businessStateId: 1,
  businessStateDescription: 'Under way',
  metadata: { order: 7 },
  history: {
    states: [{ state: 'open', timestamp: iso(0), businessStateId: 1, businessStateDescription: 'Under way' }],
    events: [{ event: 'orderPlaced', timestamp: iso(0) }],
  },
}
