import { expect, test } from 'vitest'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { sagaLine } from '../../soak/standstill.ts'

test('a saga that stands still is shown with its state, its age and all that it waits for', () => {
  const document = {
    sagaId: 'a1',
    associatedEntityId: 'order-1',
    currentState: 'paying',
    latestEvent: '__created__',
    isFinal: false,
    metadata: { n: 1 },
    history: {
      states: [
        { state: 'begun', timestamp: '2026-01-01T00:00:00.000Z' },
        { state: 'paying', timestamp: '2026-01-01T00:00:10.000Z' },
      ],
      events: [],
    },
    timer: { step: 1, deadline: '2026-01-01T00:00:12.000Z', resends: 1, event: 'paymentExpired' },
  } as unknown as SagaDocument
  expect(sagaLine(document, Date.parse('2026-01-01T00:01:00.500Z'))).toBe(
    'saga a1: "paying" for 50.5 s: {"timer":{"step":1,"deadline":"2026-01-01T00:00:12.000Z","resends":1,"event":"paymentExpired"}}',
  )
})
