import { describe, expect, test } from 'vitest'
import { dueInOrder, dueOrderOf, isResting, RESTING } from '../../../src/codec/due-order.ts'
import { findDueInOrder, findOwingInOrder } from '../../../src/codec/find-due.ts'
import type { FindInOrder } from '../../../src/codec/find-due.ts'
import type { Debt, Saga } from '../../../src/engine/saga.ts'
import { birth } from '../../../testing/contract/build.ts'

const DEBT: Debt = { id: 's/0/0', label: 'pay', channel: 'bank', attempts: 0, since: 1, due: 1 }
const HOLD = { since: 1 }

interface Found {
  readonly saga: Saga
}

function saga(id: string, due: number | undefined, owed: readonly Debt[] = [DEBT]): Found {
  return { saga: { ...birth({ id }).next, id, due, owed } }
}

/** A store of sagas in its order, which notes its reads. */
function storeOf(sagas: readonly Found[]): { readonly find: FindInOrder<Found>; readonly reads: number[] } {
  const reads: number[] = []
  const rows = sagas
    .map((found) => ({ found, order: dueOrderOf(found.saga) ?? Number.POSITIVE_INFINITY, id: found.saga.id }))
    .toSorted((one, other) => one.order - other.order || (one.id < other.id ? -1 : 1))
  const find: FindInOrder<Found> = async (until, limit, after) => {
    reads.push(until)
    const isAfter = ({ order, id }: { order: number; id: string }) =>
      after === undefined || order > after.due || (order === after.due && id > after.id)
    return rows
      .filter((row) => row.order <= until && isAfter(row))
      .slice(0, limit)
      .map(({ found }) => found)
  }
  return { find, reads }
}

function ids(found: readonly Found[]): string[] {
  return found.map(({ saga: { id } }) => id)
}

describe('P4 the order of due sagas in a store', () => {
  test('a saga that owes nothing, and one that is held, rest behind the others', () => {
    expect([isResting({ owed: [DEBT] }), isResting({ owed: [] }), isResting({ owed: [DEBT], hold: HOLD })]).toEqual([
      false,
      true,
      true,
    ])
    expect(dueOrderOf({ owed: [DEBT], due: 7 })).toBe(7)
    expect(dueOrderOf({ owed: [], due: 7 })).toBe(RESTING + 7)
    expect(dueOrderOf({ owed: [DEBT], hold: HOLD, due: 7 })).toBe(RESTING + 7)
    expect([dueOrderOf({ owed: [], due: undefined }), dueOrderOf({ owed: [DEBT], due: undefined })]).toEqual([
      undefined,
      undefined,
    ])
  })

  test('the instant is read back from the number', () => {
    expect([dueInOrder(7), dueInOrder(RESTING + 7), dueInOrder(RESTING - 1), dueInOrder(RESTING)]).toEqual([
      7,
      7,
      RESTING - 1,
      0,
    ])
    expect([dueInOrder(null), dueInOrder(undefined)]).toEqual([undefined, undefined])
  })
})

describe('P17 due sagas of both orders', () => {
  const mixed = [
    saga('a', 10),
    saga('b', 20),
    saga('c', 30),
    saga('x', 5, []),
    saga('y', 20, []),
    saga('z', 31, []),
    saga('never', undefined),
  ]

  test('they come earliest first, of one instant the owing ones before the resting ones', async () => {
    const { find, reads } = storeOf(mixed)
    expect(ids(await findDueInOrder(find, { now: 30, limit: 10 }))).toEqual(['x', 'a', 'b', 'y', 'c'])
    expect(reads).toEqual([30, RESTING + 30])
    expect(ids(await findDueInOrder(find, { now: 30, limit: 2 }))).toEqual(['x', 'a'])
    expect(ids(await findDueInOrder(find, { now: 4, limit: 10 }))).toEqual([])
  })

  test('one kind alone comes as the store has it', async () => {
    const owing = storeOf(mixed.slice(0, 3))
    expect(ids(await findDueInOrder(owing.find, { now: 20, limit: 10 }))).toEqual(['a', 'b'])
    const resting = storeOf(mixed.slice(3))
    expect(ids(await findDueInOrder(resting.find, { now: 20, limit: 10 }))).toEqual(['x', 'y'])
  })

  test('after a place come those behind it: of its instant the resting ones only behind an owing one', async () => {
    const { find } = storeOf([...mixed, saga('y2', 20, [])])
    const after = (place: { due: number; id: string; isResting?: boolean }) =>
      findDueInOrder(find, { now: 40, limit: 10, after: place }).then(ids)
    expect(await after({ due: 20, id: 'a' })).toEqual(['b', 'y', 'y2', 'c', 'z'])
    expect(await after({ due: 20, id: 'b' })).toEqual(['y', 'y2', 'c', 'z'])
    expect(await after({ due: 20, id: 'y', isResting: true })).toEqual(['y2', 'c', 'z'])
    expect(await after({ due: Number.NEGATIVE_INFINITY, id: '' })).toEqual(['x', 'a', 'b', 'y', 'y2', 'c', 'z'])
  })

  test('of the instant of a place, ids do not count across the two orders', async () => {
    const { find } = storeOf([saga('A', 20, []), saga('b', 20), saga('z', 20), saga('y', 20, []), saga('y2', 20, [])])
    const after = (place: { id: string; isResting?: boolean }) =>
      findDueInOrder(find, { now: 40, limit: 10, after: { due: 20, ...place } }).then(ids)
    expect(await after({ id: 'z' })).toEqual(['A', 'y', 'y2'])
    expect(await after({ id: 'y', isResting: true })).toEqual(['y2'])
  })

  test('owing sagas of the place of a resting one are read past, however many there are', async () => {
    const many = Array.from({ length: 7 }, (_, index) => saga(`o${index}`, 20))
    const { find } = storeOf([...many, saga('p', 21), saga('q', 22), saga('y', 20, [])])
    const after = { due: 20, id: 'y', isResting: true }
    expect(ids(await findDueInOrder(find, { now: 40, limit: 3, after }))).toEqual(['p', 'q'])
    expect(ids(await findDueInOrder(find, { now: 40, limit: 1, after }))).toEqual(['p'])
    const last = storeOf(many)
    expect(ids(await findDueInOrder(last.find, { now: 40, limit: 3, after }))).toEqual([])
    // Three pages of the owing ones, of which the last one is not full, and one of the resting ones.
    expect(last.reads).toHaveLength(4)
    expect(ids(await findDueInOrder(storeOf([]).find, { now: 40, limit: 3, after }))).toEqual([])
  })

  test('P23 those that owe are found whatever the clock says, and no resting one', async () => {
    const { find, reads } = storeOf(mixed)
    expect(ids(await findOwingInOrder(find, 10, { due: 10, id: 'a' }))).toEqual(['b', 'c'])
    expect(reads).toEqual([RESTING - 1])
    expect(ids(await findDueInOrder(find, { now: 3 * RESTING, limit: 10 }))).toHaveLength(6)
  })
})
