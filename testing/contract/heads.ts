import { describe, expect, test } from 'vitest'
import { revivedDebt } from '../../src/engine/dead-letters.ts'
import { commandOf } from '../../src/engine/evolve.ts'
import type { Loaded } from '../../src/ports/persistency.ts'
import { amend, NOW } from './build.ts'
import { create, keep, move, note } from './saves.ts'
import { expectStored, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** Every field of a head is read as it was written (P4). */
export function heads(subject: StoreSubject): void {
  describe('heads', () => {
    test('P9 a saga that was never created is absent', () =>
      withStore(subject, async (store) => {
        expect(await store.load('nobody')).toBeUndefined()
        expect(await store.document('nobody')).toBeUndefined()
        expect(await store.applied('nobody', 'event', 'label')).toBe(false)
        expect(await store.load('nobody')).toBeUndefined()
      }))

    test('P9 a save is read back at once as it was written', () =>
      withStore(subject, async (store) => {
        const metadata = { order: 7, lines: [{ sku: 'a' }, null, 1.5], nothing: null, yes: true, none: [], empty: {} }
        const made = await create(store, { entity: 'customer/7', metadata, trace: '00-1-2-01', fingerprint: 'f00' })
        const there = await expectStored(store, made)
        const moved = await move(store, there, { label: 'reserved', payload: { shelf: 'B' }, trace: '00-3-4-01' })
        await expectStored(store, moved)
      }))

    test('P29 C3.6 each debt keeps the headers of its own step', () =>
      withStore(subject, async (store) => {
        const made = await expectStored(store, await create(store, { headers: ODD_HEADERS }))
        const moved = await move(store, made, { label: 'asked again', headers: { miauserid: 'other' } })
        const { saga } = await expectStored(store, await move(store, moved, { label: 'asked again' }))
        expect(saga.owed.map((debt) => commandOf(saga, debt).headers)).toEqual([
          ODD_HEADERS,
          { miauserid: 'other' },
          undefined,
        ])
        expect(JSON.stringify(saga.owed[0]?.headers)).toBe(JSON.stringify(ODD_HEADERS)) // in their order
        expect(JSON.stringify(await store.document(saga.id))).not.toContain(ODD_HEADERS.miauserid)
      }))

    test('P3 absent fields stay absent', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const settled = await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
        const { saga } = await expectStored(store, await move(store, settled, 'waved through'))
        const { business, timer, due, fingerprint, owed, deadLetters, parked, entity } = saga
        expect({ business, timer, due, fingerprint }).toEqual({})
        expect({ owed, deadLetters, parked, entity }).toEqual({ owed: [], deadLetters: [], parked: [], entity: '' })
      }))

    test('C2.1 a business id keeps its type', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        expect((await expectStored(store, made)).saga.business).toEqual({ id: 1, description: 'Under way' })
        const paying = await expectStored(store, await move(store, made, 'reserved'))
        expect(paying.saga.business).toEqual({ id: '1', description: 'Être payé ✓' })
      }))

    test('P4 a timer and attempts, dead letters and parked events are kept', () =>
      withStore(subject, async (store) => {
        await expectStored(store, await everything(store))
      }))

    test('P10 dead letters and parked events can be revived and removed', () =>
      withStore(subject, async (store) => {
        const full = await everything(store)
        const { deadLetters: letters, parked } = full.saga
        const revived = await note(store, full, {
          revived: letters.flatMap((one) => (one.kind === undefined ? [revivedDebt(one, NOW)] : [])),
          dropped: letters.filter(({ kind }) => kind === 'event'),
          unparked: parked.map(({ event }) => event),
        })
        expect(revived.saga.deadLetters).toEqual([])
        expect(revived.saga.parked).toEqual([])
        await expectStored(store, revived)
      }))

    test('P10 I9 a parked event takes its place with a new due, by which its saga is found', () =>
      withStore(subject, async (store) => {
        const born = await create(store, {})
        const settled = born.saga.owed.map(({ id }) => id)
        const parkedAs = (id: string) => {
          const event = { id, sagaId: born.saga.id, label: 'charged', payload: { id } }
          return { event, since: NOW, expires: NOW + 604_800_000 }
        }
        const noted = await note(store, born, { settled, parked: [parkedAs('1'), parkedAs('2')] })
        const marked = await note(store, noted, { parked: [{ ...parkedAs('1'), due: NOW + 5_000 }] })
        const { saga } = await expectStored(store, marked)
        expect(saga.parked.map(({ event, due }) => [event.id, due])).toEqual([
          ['1', NOW + 5_000],
          ['2', undefined],
        ])
        expect(saga.due).toBe(NOW + 5_000)
      }))

    test('I7 P5 the message that a hook made is kept to the byte, in the outbox and as a dead letter', () =>
      withStore(subject, async (store) => {
        const body = JSON.stringify({
          10: 'ü\u2028',
          9: [1e21, -0, null],
          'a.b': '\\u0000 \u0000',
          $set: 'x\ud83d',
          text: '"\\',
        })
        const made = await create(store, { metadata: { n: 1 } })
        const [first] = made.saga.owed
        const message = { label: 'reserve', channel: 'warehouse', body, attempts: 0, since: NOW }
        const letter = { ...message, payload: { n: 1 }, why: 'found no price' }
        const noted = await note(store, made, {
          revived: [{ ...message, id: 'hooked', due: NOW + 1, trace: '00-1-2-01' }],
          dead: [
            { ...letter, id: first?.id ?? '' },
            { ...letter, id: 'failed', body: undefined, hookFailed: true },
          ],
        })
        const { saga } = await expectStored(store, await move(store, noted, 'asked again'))
        expect(saga.owed.map((debt) => [debt.id, debt.body, debt.payload])).toEqual([
          ['hooked', body, undefined],
          [expect.any(String), undefined, undefined],
        ])
        expect((await store.document(saga.id))?.deadLetters?.map((one) => one.body)).toEqual([
          JSON.parse(body),
          undefined,
        ])
      }))

    test('P25 P26 operations, holds, reports of sends and deliveries are kept, and a hold and deliveries go', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const [debt] = made.saga.owed
        const { id = '', label = '', channel = '', since = NOW } = debt ?? {}
        const last = { at: NOW + 2, status: 503, answer: 'zu voll: ü \u2028 $set "a.b"' }
        const tried = await note(store, made, {
          tried: [{ id, attempts: 1, due: NOW + 60_000, started: true, last }],
          hold: { since: NOW, until: NOW + 5_000, isBeginning: true, sideEffects: [KEPT] },
          operation: {
            ...OPERATION,
            details: { 'a.b': true, state: 'paying', commands: ['c/1', 'c/2'], number: 2 },
          },
        })
        const { due } = (await expectStored(store, tried)).saga
        expect(due).toBe(NOW + 5_000) // nothing else is due while it is held
        const settled = await note(store, tried, {
          settled: [id],
          deliveries: [{ id, label, channel, since, at: NOW + 3, sends: 2 }],
          hold: null,
          operation: { ...OPERATION, id: 'o-2', action: 'release' },
        })
        const { hold, due: none } = (await expectStored(store, settled)).saga
        expect({ hold, due: none }).toEqual({})
        const document = await store.document(made.saga.id)
        expect(document?.history.operations?.map(({ id, reason }) => [id, reason])).toEqual([
          ['o-1', OPERATION.reason],
          ['o-2', OPERATION.reason],
        ])
        expect(document?.delivered).toMatchObject([{ id, sends: 2 }])
        const step = { label: 'reserved', by: { operation: 'o-2' } }
        const moved = await expectStored(store, await move(store, settled, step))
        expect(moved.saga.delivered).toBeUndefined()
        expect(moved.saga.enteredAt).toBe(moved.saga.updatedAt)
        expect((await store.document(made.saga.id))?.history.events.map(({ operation }) => operation)).toEqual([
          undefined,
          'o-2',
        ])
      }))

    test('P4 an instant may have a fraction', () =>
      withStore(subject, async (store) => {
        const made = await create(store, { at: NOW + 0.25 })
        const [debt] = made.saga.owed
        const tried = [{ id: debt?.id ?? '', attempts: 1, due: NOW + 7.5, started: true as const }]
        await expectStored(store, await keep(store, amend(made.saga, { tried }, NOW + 1.125), made.basis))
      }))
  })
}

const OPERATION = {
  id: 'o-1',
  action: 'hold',
  at: NOW + 1,
  operator: 'Zoë <zoe@x.test>',
  reason: '__proto__ \u0000 "quoted"',
} as const

/** A side effect that a hold keeps back. */
const KEPT = {
  id: 's/0/1',
  label: 'tell',
  channel: 'desk',
  headers: { miauserid: 'zoe' },
  body: JSON.stringify({ 'a.b': [1e21, '\ud83d', '\u0000'] }),
}

/** Every byte that a header may hold, one character each, under names that stores may find odd. */
const ODD_HEADERS = {
  'x-last': 'z',
  miauserid: `5f3 "ä\\${String.fromCharCode(...Array.from({ length: 0x80 }, (_, at) => 0x80 + at))}`,
  'a.b': '$c',
  $set: '{"a":1}',
  tostring: 'Point',
}

/** A saga with a debt that was tried, one with its own payload, a dead letter, a parked event and a timer. */
async function everything(store: Parameters<typeof create>[0]): Promise<Loaded> {
  const timer = { step: 1, deadline: NOW + 900_000, resends: 2, event: 'reservationExpired' }
  const made = await create(store, { metadata: { n: 1 }, fingerprint: 'f' })
  const moved = await move(store, made, { label: 'asked again', payload: { n: 2 }, timer })
  const [first, second] = moved.saga.owed.map(({ id }) => id)
  const headers = { miauserid: 'u-1' }
  const letter = { id: first ?? '', label: 'reserve', channel: 'warehouse', payload: { n: 1 }, headers }
  const early = {
    id: 'early',
    sagaId: made.saga.id,
    label: 'charged',
    payload: { amount: 3 },
    trace: '00-5-6-01',
    headers,
  }
  const noted = await note(store, moved, {
    tried: [{ id: second ?? '', attempts: 3, due: NOW + 60_000, started: true }],
    dead: [
      { ...letter, why: '404 Not Found', since: NOW, attempts: 1 },
      { kind: 'event', id: 'e', label: 'charged', payload: { amount: 2 }, why: 'refused', since: NOW, attempts: 0 },
    ],
    parked: [{ event: early, since: NOW, expires: NOW + 604_800_000 }],
  })
  return move(store, noted, {
    label: 'asked again',
    payload: { n: 3 },
    timer: { step: 2, deadline: NOW + 1, resends: 0 },
  })
}
