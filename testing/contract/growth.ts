import { describe, expect, test } from 'vitest'
import { NOW } from './build.ts'
import { create, move, note } from './saves.ts'
import { expectStored, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** A long saga stays correct, whatever a step costs (`can.growth`). */
export function growth(subject: StoreSubject): void {
  describe('growth', () => {
    test('I3 a very long history is whole and in order', { timeout: 300_000 }, () =>
      withStore(subject, async (store) => {
        const events = subject.longest ?? (store.can.growth === 'append' ? 10_000 : 500)
        let saga = await create(store)
        saga = await note(store, saga, { settled: saga.saga.owed.map(({ id }) => id) })
        saga = await move(store, saga, { label: 'waved through', id: 'e1', at: NOW + 1 })
        for (let n = 2; n <= events; n++) {
          saga = await move(store, saga, { label: 'asked again', id: `e${n}`, payload: { n }, at: NOW + n })
        }
        const { saga: head } = await expectStored(store, saga)
        expect([head.length, head.metadata]).toEqual([events + 1, { n: events }])

        const history = (await store.document(head.id))?.history
        const numbers = Array.from({ length: events }, (_, n) => n + 1)
        expect(history?.events.slice(1).map(({ id }) => id)).toEqual(numbers.map((n) => `e${n}`))
        expect(history?.states).toHaveLength(events + 1)
        expect(history?.events.at(-1)?.timestamp).toBe(new Date(NOW + events).toISOString())
        expect(await store.applied(head.id, 'e1', 'waved through')).toBe(true)
        expect(await store.applied(head.id, `e${events}`, 'asked again')).toBe(true)
      }),
    )
  })
}
