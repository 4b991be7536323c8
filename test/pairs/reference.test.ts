import { expect, test } from 'vitest'
import { upsert } from '../persistency/crud-reference-scene.ts'
import { crudService } from '../fakes/crud-service.ts'
import { call } from '../services/client.ts'
import { RunningWorker } from '../runtime/conformance/stage.ts'

const AT = '2026-01-02T03:04:05.678Z'
const VISIT = { timestamp: AT, businessStateId: 0, businessStateDescription: 'The reservation is in progress' }

/** A document as Flow Manager writes it at the creation: without write id and ids of events. */
const WAITING = {
  associatedEntityId: 'reservation-1',
  currentState: 'reservationCreated',
  latestEvent: '__created__',
  isFinal: false,
  businessStateId: 0,
  businessStateDescription: 'The reservation is in progress',
  metadata: { guest: 'Zoë' },
  history: {
    states: [{ state: 'reservationCreated', ...VISIT }],
    events: [{ event: '__created__', timestamp: AT }],
  },
}

test('C5 C6.2 POST /event moves a saga of Flow Manager, sends its command, and keeps the shape of its document', async () => {
  const service = await crudService()
  const { host, port, url } = service
  const persistency = { type: 'crud', configurations: { host, port, collectionName: 'sagas' } }
  const stage = await RunningWorker.open({ script: 'start', persistency: () => persistency })
  try {
    stage.participant.behaves(() => ({}))
    await upsert(service, 'begun-elsewhere', WAITING)

    const moved = await stage.event('begun-elsewhere', 'validationOK', { payload: { validationOK: true } })
    const outcome = { outcome: 'moved', sagaId: 'begun-elsewhere', currentState: 'reservationValidated' }
    expect([moved.status, moved.json]).toEqual([200, outcome])

    const [command] = await stage.commands('begun-elsewhere')
    expect(command).toMatchObject({ label: 'checkReservation', payload: { guest: 'Zoë', validationOK: true } })
    expect(command?.key).toBe('begun-elsewhere/1/0')

    const [kept] = (await call(`${url}?sagaId=begun-elsewhere`)).json as (typeof WAITING)[]
    expect(kept).toMatchObject({
      ...WAITING,
      currentState: 'reservationValidated',
      latestEvent: 'validationOK',
      metadata: { guest: 'Zoë', validationOK: true },
      history: {
        states: [...WAITING.history.states, { ...VISIT, state: 'reservationValidated', timestamp: expect.any(String) }],
        events: [WAITING.history.events[0], { event: 'validationOK', timestamp: expect.any(String) }],
      },
    })
    const known = service.collection.definition.fields.map(({ name }) => name)
    expect(known).toEqual(expect.arrayContaining(Object.keys(kept ?? {})))
    await stage.event('begun-elsewhere', 'checkOK')
    expect((await stage.settled('begun-elsewhere')).currentState).toBe('reservationConfirmed')
  } finally {
    await stage.close()
    await service.close()
  }
})
