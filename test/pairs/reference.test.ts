import { expect, test } from 'vitest'
import { upsert } from '../persistency/crud-reference-scene.ts'
import { crudService } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { call, eventually } from '../services/client.ts'
import { reservation } from '../services/reservation.ts'
import type { SagaFile } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'
import { RunningWorker } from '../runtime/conformance/stage.ts'
import type { PersistencySettings } from '../runtime/conformance/tested.ts'

const AT = '2026-01-02T03:04:05.678Z'
const VISIT = { timestamp: AT, businessStateId: 0, businessStateDescription: 'The reservation is in progress' }
/** An event that leads a new reservation back to where it is. */
const AGAIN = { inputEvent: 'askedAgain', targetState: 'reservationCreated' }

/** A document as Flow Manager writes it into its collection: `latestEvent` an object; no write id, no ids of events. */
const WAITING = {
  associatedEntityId: 'reservation-1',
  currentState: 'reservationCreated',
  latestEvent: { event: 'askedAgain', timestamp: AT },
  isFinal: false,
  businessStateId: '0',
  businessStateDescription: 'The reservation is in progress',
  metadata: { guest: 'Zoë' },
  history: {
    states: [0, 1, 2].map(() => ({ state: 'reservationCreated', ...VISIT })),
    events: ['__created__', 'askedAgain', 'askedAgain'].map((event) => ({ event, timestamp: AT })),
  },
}

function withLoop(file: SagaFile): void {
  const states = file.machineDefinition.states.map((state) =>
    state.id === 'reservationCreated'
      ? { ...state, outgoingTransitions: [...(state.outgoingTransitions ?? []), AGAIN] }
      : state,
  )
  file.machineDefinition = { ...file.machineDefinition, states }
}

function storeAt({ host, port }: CrudService): PersistencySettings {
  return { type: 'crud', configurations: { host, port, collectionName: 'sagas' } }
}

async function keptIn({ url }: CrudService, sagaId: string): Promise<Record<string, unknown> | undefined> {
  const [kept] = (await call(`${url}?sagaId=${sagaId}`)).json as Record<string, unknown>[]
  return kept
}

test('C5a C6.2 the collection of Flow Manager: its saga goes on, ours begin, move, survive a restart and are listed', async () => {
  const service = await crudService()
  const stage = await RunningWorker.open({ script: 'start', persistency: () => storeAt(service) }, { edit: withLoop })
  try {
    stage.participant.behaves(() => ({}))
    await upsert(service, 'begun-elsewhere', WAITING)

    const moved = await stage.event('begun-elsewhere', 'validationOK', { payload: { validationOK: true } })
    const outcome = { outcome: 'moved', sagaId: 'begun-elsewhere', currentState: 'reservationValidated' }
    expect([moved.status, moved.json]).toEqual([200, outcome])

    const [command] = await stage.commands('begun-elsewhere')
    expect(command).toMatchObject({ label: 'checkReservation', payload: { guest: 'Zoë', validationOK: true } })
    expect(command?.key).toBe('begun-elsewhere/3/0')

    const kept = await keptIn(service, 'begun-elsewhere')
    expect(kept).toMatchObject({
      ...WAITING,
      currentState: 'reservationValidated',
      latestEvent: { event: 'validationOK', timestamp: expect.any(String) },
      metadata: { guest: 'Zoë', validationOK: true },
      history: {
        states: [...WAITING.history.states, { ...VISIT, state: 'reservationValidated', timestamp: expect.any(String) }],
        events: [...WAITING.history.events, { event: 'validationOK', timestamp: expect.any(String) }],
      },
    })
    const known = service.collection.definition.fields.map(({ name }) => name)
    expect(known).toEqual(expect.arrayContaining(Object.keys(kept ?? {})))

    const ours = await stage.create({ guests: 2 })
    await stage.event(ours, 'validationOK')
    // A settlement that is not written yet would keep its lease over the restart.
    const isSettled = async (id: string) => ((await stage.document(id)).owed === undefined ? true : undefined)
    for (const id of ['begun-elsewhere', ours]) await eventually(() => isSettled(id))
    await stage.worker.restart()
    for (const id of ['begun-elsewhere', ours]) {
      expect((await stage.document(id)).latestEvent).toBe('validationOK')
      await stage.event(id, 'checkOK')
      expect(await stage.settled(id)).toMatchObject({ currentState: 'reservationConfirmed', latestEvent: 'checkOK' })
      expect(await keptIn(service, id)).toMatchObject({ latestEvent: { event: 'checkOK' }, businessStateId: '1' })
    }
    const { items } = (await stage.call('/sagas?businessStateId=1')).json as { items: Record<string, unknown>[] }
    expect(items.map(({ sagaId, latestEvent, businessStateId }) => [sagaId, latestEvent, businessStateId])).toEqual([
      [ours, 'checkOK', 1],
      ['begun-elsewhere', 'checkOK', 1],
    ])
  } finally {
    await stage.close()
    await service.close()
  }
})

test('C5a a state without the business state that the collection requires: exit code 1, and the remedy', async () => {
  const service = await crudService()
  const file = reservation(1, ({ machineDefinition }) => {
    const [first] = machineDefinition.states
    Object.assign(first ?? {}, { businessStateId: undefined })
  })
  file.persistencyManagement = storeAt(service)
  const worker = await Worker.prepare({ script: 'start', configuration: JSON.stringify(file) })
  try {
    expect(await worker.launch()).toEqual({ code: 1, signal: null })
    expect(worker.stdout + worker.stderr).toMatch(
      /requires \\?"businessStateId\\?", which .*machineDefinition\.states\[0\] .*reservationCreated.* give that state/,
    )
  } finally {
    await worker.stop()
    await service.close()
  }
})
