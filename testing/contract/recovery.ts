import { describe, expect, test } from 'vitest'
import { isResting } from '../../src/codec/due-order.ts'
import type { Instant, Saga } from '../../src/engine/saga.ts'
import type { DuePlace, Loaded, Persistency } from '../../src/ports/persistency.ts'
import { LEASE, NOW, step } from './build.ts'
import { create, keep, move, note } from './saves.ts'
import { expectStored, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** Every pending command can be found from the store alone (I9, P17). */
export function recovery(subject: StoreSubject): void {
  describe('recovery', () => {
    test('P17 sagas are found once they are due, earliest first', () =>
      sweeping(subject, async (store, findDue) => {
        const [c, a, b] = [await at(store, 30), await at(store, 10), await at(store, 20)]
        expect(await findDue(NOW + LEASE + 9, 10)).toEqual([])
        expect(ids(await findDue(NOW + LEASE + 10, 10))).toEqual([a.saga.id])
        expect(ids(await findDue(NOW + LEASE + 99, 10))).toEqual([a, b, c].map(({ saga }) => saga.id))
        expect(ids(await findDue(NOW + LEASE + 99, 2))).toEqual([a, b].map(({ saga }) => saga.id))
      }))

    test('P17 a due saga is whole and can be written without a second read', () =>
      sweeping(subject, async (store, findDue) => {
        const made = await create(store, { metadata: { order: 7 }, entity: 'customer/7' })
        const [found] = await findDue(NOW + LEASE, 10)
        expect(found?.saga).toEqual(made.saga)
        await expectStored(store, await keep(store, step(made.saga, 'reserved'), found?.basis ?? ''))
      }))

    test('P14 a claim moves the saga out of sight until its lease ends', () =>
      sweeping(subject, async (store, findDue) => {
        const made = await create(store)
        const tried = made.saga.owed.map(({ id }) => ({ id, attempts: 0, due: NOW + 3 * LEASE }))
        await note(store, made, { tried })
        expect(await findDue(NOW + 2 * LEASE, 10)).toEqual([])
        expect(ids(await findDue(NOW + 3 * LEASE, 10))).toEqual([made.saga.id])
      }))

    test('P3 I2 a saga is found while it owes anything', () =>
      sweeping(subject, async (store, findDue) => {
        const moved = await move(store, await create(store), 'reserved')
        const [first, second] = moved.saga.owed.map(({ id }) => id)
        const left = await note(store, moved, { settled: [first ?? ''] })
        expect(ids(await findDue(NOW + 9 * LEASE, 10))).toEqual([moved.saga.id])
        await note(store, left, { settled: [second ?? ''] })
        expect(await findDue(NOW + 9 * LEASE, 10)).toEqual([])
      }))

    test('P4 timers and parked events are found as debts are', () =>
      sweeping(subject, async (store, findDue) => {
        const timed = await create(store, { timer: { step: 0, deadline: NOW + 5, resends: 0 } })
        expect(ids(await findDue(NOW + 5, 10))).toEqual([timed.saga.id])
        await move(store, timed, { label: 'waved through', with: { settled: timed.saga.owed.map(({ id }) => id) } })
        expect(await findDue(NOW + 9 * LEASE, 10)).toEqual([])
        const early = { id: 'early', sagaId: timed.saga.id, label: 'charged', payload: {} }
        const read = (await store.load(timed.saga.id)) as Loaded
        const parked = await note(store, read, { parked: [{ event: early, since: NOW, expires: NOW + 9 }] })
        expect(ids(await findDue(NOW + 9, 10))).toEqual([timed.saga.id])
        await note(store, parked, { unparked: [early] })
        expect(await findDue(NOW + 9 * LEASE, 10)).toEqual([])
      }))

    test('P17 P18 sagas that wait for a deadline alone are found among those that owe, each once', () =>
      sweeping(subject, async (store, findDue) => {
        const made = [0, 1, 2, 2].map(async (n) => [await at(store, n), await resting(store, NOW + LEASE + n)])
        const all = (await Promise.all(made)).flat()
        const whole = await findDue(NOW + LEASE + 99, 100)
        expect(ids(whole).toSorted()).toEqual(all.map(({ saga }) => saga.id).toSorted())
        const dues = whole.map(({ saga }) => saga.due ?? 0)
        expect(dues).toEqual(dues.toSorted((one, other) => one - other))
        for (const limit of [1, 3]) expect(await pages(findDue, limit)).toEqual(ids(whole))
        expect(await findDue(NOW + LEASE - 1, 100)).toEqual([])
      }))

    test('P18 P23 commands that are due far ahead are found without the sagas that only wait', () =>
      sweeping(subject, async (store) => {
        const { recovery } = store.can
        if (recovery.by !== 'sweep' || recovery.findOwing === undefined) return
        const far = await Promise.all([9, 5, 7].map((n) => at(store, n * LEASE)))
        await Promise.all([6, 8].map((n) => resting(store, NOW + n * LEASE)))
        const from = { due: NOW + 2 * LEASE, id: '' }
        const [nine, five, seven] = far.map(({ saga }) => saga.id)
        expect(ids(await recovery.findOwing(10, from))).toEqual([five, seven, nine])
        expect(ids(await recovery.findOwing(2, from))).toEqual([five, seven])
        expect(ids(await recovery.findOwing(10, { due: NOW + 8 * LEASE, id: seven ?? '' }))).toEqual([nine])
      }))

    test('I9 among many due sagas none is missed', () =>
      sweeping(subject, async (store, findDue) => {
        const made = await Promise.all(Array.from({ length: 300 }, (_, n) => at(store, n % 7)))
        const found = await findDue(NOW + LEASE + 7, 1_000)
        expect(new Set(ids(found))).toEqual(new Set(made.map(({ saga }) => saga.id)))
        const dues = found.map(({ saga }) => saga.due ?? 0)
        expect(dues).toEqual(dues.toSorted((one, other) => one - other))
      }))

    test('P17 pages of due sagas hold each saga once, however many share an instant', () =>
      sweeping(subject, async (store, findDue) => {
        const made = await Promise.all(Array.from({ length: 12 }, (_, n) => at(store, n < 8 ? 1 : n)))
        const whole = ids(await findDue(NOW + LEASE + 99, 100))
        expect(new Set(whole)).toEqual(new Set(made.map(({ saga }) => saga.id)))
        expect(await pages(findDue, 5)).toEqual(whole)
        expect(await pages(findDue, 1)).toEqual(whole)
        expect(ids(await findDue(NOW + LEASE + 8, 100, { due: NOW + LEASE + 1, id: whole[7] ?? '' }))).toEqual([
          whole[8],
        ])
        expect(await findDue(NOW + LEASE + 99, 100, { due: NOW + LEASE + 11, id: whole[11] ?? '' })).toEqual([])
      }))

    test('P17 after a place that its saga has left no later saga is missed', () =>
      sweeping(subject, async (store, findDue) => {
        const made = await Promise.all(Array.from({ length: 6 }, (_, n) => at(store, n < 4 ? 1 : n)))
        const whole = ids(await findDue(NOW + LEASE + 99, 100))
        const left = made.find(({ saga }) => saga.id === whole[1]) as Loaded
        await note(store, left, { tried: left.saga.owed.map(({ id }) => ({ id, attempts: 0, due: NOW + 9 * LEASE })) })
        const found = ids(await findDue(NOW + LEASE + 99, 100, { due: NOW + LEASE + 1, id: left.saga.id }))
        expect(found).toEqual(expect.arrayContaining(whole.slice(2)))
        expect(found).not.toContain(left.saga.id)
        expect(ids(await findDue(NOW + LEASE + 99, 2, { due: NOW + LEASE + 2, id: '' }))).toEqual(whole.slice(4))
        expect(ids(await findDue(Number.MAX_SAFE_INTEGER, 2, { due: NOW + 2 * LEASE, id: '' }))).toEqual([left.saga.id])
      }))

    test('P19 where recovery is by alarm, it is set by the save itself', () =>
      withStore(subject, async (store) => {
        if (store.can.recovery.by !== 'alarm') return expect(subject.alarm).toBeUndefined()
        const alarm = async ({ saga }: Loaded): Promise<unknown> => [await subject.alarm?.(saga.id)]
        const made = await create(store)
        expect(await alarm(made)).toEqual([made.saga.due])
        const [debt] = made.saga.owed
        const claimed = await note(store, made, { tried: [{ id: debt?.id ?? '', attempts: 1, due: NOW + 9 * LEASE }] })
        expect(await alarm(claimed)).toEqual([NOW + 9 * LEASE])
        expect(await alarm(await note(store, claimed, { settled: [debt?.id ?? ''] }))).toEqual([undefined])
      }))

    test('P12 I9 opened again: leases count where others may hold them, and nowhere else', async () => {
      const { reopen } = subject
      if (reopen === undefined) return expect(subject.reopen, 'gap: it forgets').toBeUndefined()
      const [made, done] = await before(subject)
      const store = await reopen()
      const { recovery, shared } = store.can
      try {
        expect((await store.load(done.saga.id))?.saga).toEqual(done.saga)
        if (recovery.by === 'redelivery') return void (await expectStored(store, made))
        if (recovery.by === 'alarm') return void (await expectStored(store, shared ? made : { saga: released(made) }))
        const found = await recovery.findDue(NOW + 1, 10)
        expect(ids(found)).toEqual(shared ? [] : [made.saga.id])
        if (shared) return
        expect(found[0]?.saga).toEqual(released(made))
        const moved = await move(store, found[0] as Loaded, 'reserved')
        expect(ids(await recovery.findDue(NOW + 1, 10))).toEqual([made.saga.id]) // a step leases only its own commands
        const tried = moved.saga.owed.map(({ id }) => ({ id, attempts: 0, due: NOW + LEASE }))
        await note(store, moved, { tried })
        expect(await recovery.findDue(NOW + 1, 10)).toEqual([])
      } finally {
        await store.close()
      }
    })
  })
}

/** Content at the time the first connection closed: one saga that owes, one that does not. */
async function before(subject: StoreSubject): Promise<[Loaded, Loaded]> {
  const store = await subject.open()
  try {
    const settled = await create(store)
    const done = await note(store, settled, { settled: settled.saga.owed.map(({ id }) => id) })
    return [await create(store, { metadata: { order: 7 } }), done]
  } finally {
    await store.close()
  }
}

/** The head with every lease ended. */
function released({ saga }: Loaded): Saga {
  return { ...saga, owed: saga.owed.map((debt) => ({ ...debt, due: 0 })), due: 0 }
}

/** Every due saga, read page by page. */
async function pages(findDue: FindDue, limit: number): Promise<string[]> {
  const found: Loaded[] = []
  for (let page = await findDue(NOW + LEASE + 99, limit); page.length > 0;) {
    found.push(...page)
    const { saga } = page.at(-1) as Loaded
    page = await findDue(NOW + LEASE + 99, limit, {
      due: saga.due ?? 0,
      id: saga.id,
      isResting: isResting(saga),
    })
  }
  return ids(found)
}

type FindDue = (now: Instant, limit: number, after?: DuePlace) => Promise<readonly Loaded[]>

/** A store that cannot be queried must say so (P17). */
function sweeping(subject: StoreSubject, run: (store: Persistency, findDue: FindDue) => Promise<void>): Promise<void> {
  return withStore(subject, async (store) => {
    const { recovery } = store.can
    if (recovery.by === 'sweep') return run(store, (...asked) => recovery.findDue(...asked))
    expect(['alarm', 'redelivery'], 'gap: it cannot be asked for what is due').toContain(recovery.by)
    expect(recovery).not.toHaveProperty('findDue')
  })
}

/** A saga that owes nothing and waits for this instant. */
async function resting(store: Persistency, deadline: Instant): Promise<Loaded> {
  const made = await create(store, { timer: { step: 0, deadline, resends: 0, event: 'charged' } })
  return note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
}

function at(store: Persistency, later: number): Promise<Loaded> {
  return create(store, { at: NOW + later })
}

function ids(found: readonly Loaded[]): string[] {
  return found.map(({ saga }) => saga.id)
}
