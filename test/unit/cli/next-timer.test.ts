import { expect, test } from 'vitest'
import { nextDue, nextTimer } from '../../../cli/play/next-timer.ts'
import { isResting } from '../../../src/codec/due-order.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import type { DuePlace, Persistency } from '../../../src/ports/persistency.ts'

type Part = Pick<Saga, 'id'> & Partial<Saga>

const DEBT = { id: 'command', label: 'pay', channel: 'bank', attempts: 1, since: 0, due: 5 }

/** A store whose sagas are due in their order; of an instant the owing ones are first. */
function store(...parts: readonly Part[]): Pick<Persistency, 'can'> {
  const sagas = parts.map((part): Saga => ({ entity: `of ${part.id}`, state: 'paying', owed: [], ...part }) as Saga)
  const inOrder = sagas.toSorted((one, other) => (one.due ?? 0) - (other.due ?? 0))
  const findDue = async (now: number, limit: number, after?: DuePlace) =>
    inOrder
      .filter((saga) => saga.due !== undefined && saga.due <= now && isAfter(saga, after))
      .slice(0, limit)
      .map((saga) => ({ saga, basis: 'basis' }))
  return { can: { recovery: { by: 'sweep', findDue } } } as unknown as Pick<Persistency, 'can'>
}

function isAfter(saga: Saga, after: DuePlace | undefined): boolean {
  if (after === undefined) return true
  if (saga.due !== after.due) return (saga.due ?? 0) > after.due
  return isResting(saga) && (after.isResting !== true || saga.id > after.id)
}

const timer = (deadline: number, resends = 0) => ({ step: 0, deadline, resends, event: 'late' })

test('the next timer is the earliest deadline, also of a saga that owes a command before it', async () => {
  const found = await nextTimer(
    store(
      { id: 'later', due: 300, timer: timer(300) },
      { id: 'owing', due: 5, owed: [DEBT], timer: timer(200) },
      { id: 'plain', due: 100 },
    ),
    0,
  )
  expect(found).toEqual({
    at: 200,
    sagaId: 'owing',
    associatedEntityId: 'of owing',
    state: 'paying',
    effect: 'event',
    event: 'late',
  })
})

test('a resend and the end of a hold are timers; a held saga has no other', async () => {
  const held = { id: 'held', due: 400, timer: timer(10), hold: { since: 0, until: 400 } }
  expect(await nextTimer(store({ id: 'again', due: 500, timer: timer(500, 2) }, held), 0)).toMatchObject({
    at: 400,
    effect: 'release',
  })
  expect(await nextTimer(store({ id: 'again', due: 500, timer: timer(500, 2) }), 0)).toMatchObject({ effect: 'resend' })
  expect(await nextTimer(store({ id: 'held', timer: timer(10), hold: { since: 0 } }), 0)).toBeUndefined()
})

test('a deadline that has come is not the next one', async () => {
  const sagas = [
    { id: 'stuck', due: 10, timer: timer(10) },
    { id: 'next', due: 20, timer: timer(20) },
  ]
  expect(await nextTimer(store(...sagas), 10)).toMatchObject({ at: 20 })
  expect(await nextDue(store(...sagas), { now: 10, until: 20 })).toBe(20)
  expect(await nextDue(store(...sagas), { now: 10, until: 19 })).toBeUndefined()
})

test('a look goes on past a page of sagas that are due at one instant', async () => {
  const many = Array.from({ length: 120 }, (_, n) => ({ id: `a${String(n).padStart(3, '0')}`, due: 10 }))
  const all = store(...many, { id: 'next', due: 20, timer: timer(20) })
  expect(await nextDue(all, { now: 10, until: 99 })).toBe(20)
  expect(await nextTimer(all, 0)).toMatchObject({ at: 20 })
})
