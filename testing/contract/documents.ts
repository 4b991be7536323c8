import { describe, expect, test } from 'vitest'
import { LEASE, MACHINE, NOW } from './build.ts'
import { create, move, note } from './saves.ts'
import { withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

const { hash: machine } = MACHINE

/** The saga as Flow Manager keeps and shows it (C5). */
export function documents(subject: StoreSubject): void {
  describe('documents', () => {
    test('C5 a saga with everything, to the letter', () =>
      withStore(subject, async (store) => {
        const made = await create(store, { eventId: 'key/1', entity: 'customer/7', metadata: { order: 7 }, at: NOW })
        const moved = await move(store, made, {
          label: 'reserved',
          id: 'key/2',
          payload: { shelf: 'B' },
          at: NOW + 1_000,
        })
        const { id } = moved.saga
        await note(store, moved, { settled: [`${id}/0/0`] })
        expect(await store.document(id)).toStrictEqual({
          sagaId: id,
          associatedEntityId: 'customer/7',
          currentState: 'paying',
          latestEvent: 'reserved',
          isFinal: false,
          businessStateId: '1',
          businessStateDescription: 'Être payé ✓',
          metadata: { order: 7, shelf: 'B' },
          history: {
            states: [
              { state: 'open', timestamp: iso(0), businessStateId: 1, businessStateDescription: 'Under way' },
              { state: 'paying', timestamp: iso(1_000), businessStateId: '1', businessStateDescription: 'Être payé ✓' },
            ],
            events: [
              { event: 'orderPlaced', timestamp: iso(0), id: 'key/1', machine },
              {
                event: 'reserved',
                timestamp: iso(1_000),
                businessEventId: 7,
                businessEventDescription: 'Goods are set aside',
                id: 'key/2',
                machine,
                changed: ['shelf'],
              },
            ],
          },
          stateSince: iso(1_000),
          owed: [
            {
              id: `${id}/1/0`,
              label: 'charge',
              channel: 'bank',
              attempts: 0,
              since: iso(1_000),
              due: iso(1_000 + LEASE),
            },
          ],
        })
      }))

    test('C5 fields that a state or event lacks are left out', () =>
      withStore(subject, async (store) => {
        const made = await create(store, { eventId: 'key/1', at: NOW })
        const settled = await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
        await move(store, settled, { label: 'waved through', id: 'key/2', at: NOW + 1 })
        expect(await store.document(made.saga.id)).toStrictEqual({
          sagaId: made.saga.id,
          associatedEntityId: '',
          currentState: 'silent',
          latestEvent: 'waved through',
          isFinal: false,
          metadata: {},
          history: {
            states: [
              { state: 'open', timestamp: iso(0), businessStateId: 1, businessStateDescription: 'Under way' },
              { state: 'silent', timestamp: iso(1) },
            ],
            events: [
              { event: 'orderPlaced', timestamp: iso(0), id: 'key/1', machine },
              { event: 'waved through', timestamp: iso(1), id: 'key/2', machine },
            ],
          },
          stateSince: iso(1),
        })
      }))

    test('C5 a tag without a description has none, a business event without a business state stands alone', () =>
      withStore(subject, async (store) => {
        const paying = await move(store, await create(store), 'reserved')
        const open = await move(store, paying, 'declined')
        const declined = (await store.document(open.saga.id))?.history.events.at(-1)
        expect(declined).toMatchObject({ businessEventId: 'no' })
        expect(declined).not.toHaveProperty('businessEventDescription')
        const done = await move(store, await move(store, open, 'reserved'), 'charged')
        const document = await store.document(done.saga.id)
        expect(document).toMatchObject({ isFinal: true, currentState: 'done', businessStateId: 2 })
        expect(document).not.toHaveProperty('businessStateDescription')
      }))
  })
}

function iso(later: number): string {
  return new Date(NOW + later).toISOString()
}
