import { expect, test } from 'vitest'
import { chooseClaims } from '../../../../src/orchestrator/sending/claim-choice.ts'
import type { Debt } from '../../../../src/engine/saga.ts'

type DebtPart = { readonly [Key in keyof Debt]?: Debt[Key] | undefined }

function debt(id: string, channel: string, part: DebtPart = {}): Debt {
  return { id, channel, label: 'pay', attempts: 1, since: 1, due: 1, tried: true, ...part } as Debt
}

interface Rules {
  /** Capacity by channel. */
  readonly has?: Readonly<Record<string, number>>
  /** Ids that this process may not send now. */
  readonly busy?: readonly string[]
  /** Ids that have their place already. */
  readonly inFlight?: readonly string[]
}

function choose(owed: readonly Debt[], { has = {}, busy = [], inFlight = [] }: Rules) {
  const left = { ...has }
  const choice = chooseClaims(owed, {
    capacity: {
      has: (lane) => (left[lane] ?? 0) > 0,
      take: (lane) => void (left[lane] = (left[lane] ?? 0) - 1),
    },
    laneOf: ({ channel }) => channel,
    isFree: ({ id }) => !busy.includes(id),
    isInFlight: ({ id }) => inFlight.includes(id),
  })
  const ids = (debts: readonly Debt[]) => debts.map(({ id }) => id)
  return { due: ids(choice.due), passed: ids(choice.passed), isHiding: choice.isHiding, left }
}

test('P28 a claim takes the capacity of what it takes, and passes the rest', () => {
  const owed = [debt('a', 'bank'), debt('b', 'bank'), debt('c', 'post')]
  expect(choose(owed, { has: { bank: 1, post: 5 } })).toEqual({
    due: ['a', 'c'],
    passed: ['b'],
    isHiding: true,
    left: { bank: 0, post: 4 },
  })
  expect(choose(owed, { has: { bank: 2, post: 1 } })).toMatchObject({ passed: [], isHiding: false })
})

test('P12 one that has its place needs no capacity, and takes none', () => {
  const owed = [debt('a', 'bank'), debt('b', 'bank')]
  expect(choose(owed, { inFlight: ['a'], has: { bank: 1 } })).toMatchObject({ due: ['a', 'b'], left: { bank: 0 } })
  expect(choose(owed, { inFlight: ['a'] })).toMatchObject({ due: ['a'], passed: ['b'], left: {} })
})

test('P13 a first attempt without capacity holds back later first attempts, and no repeat', () => {
  const first = { tried: undefined }
  const owed = [debt('a', 'bank', first), debt('b', 'post', first), debt('c', 'post')]
  expect(choose(owed, { has: { post: 2 } })).toMatchObject({ due: ['c'], passed: ['a'], left: { post: 1 } })
  const repeat = [debt('a', 'bank'), debt('b', 'post', first)]
  expect(choose(repeat, { has: { post: 2 } })).toMatchObject({ due: ['b'], passed: ['a'] })
})

test('P14 passed commands hide those of other channels, due or not, and none of their own channel', () => {
  expect(choose([debt('a', 'bank'), debt('b', 'bank')], {})).toMatchObject({ passed: ['a', 'b'], isHiding: false })
  const other = [debt('a', 'bank'), debt('b', 'post')]
  expect(choose(other, { busy: ['b'] })).toMatchObject({ due: [], passed: ['a'], isHiding: true })
  expect(choose(other, { busy: ['a', 'b'] })).toMatchObject({ due: [], passed: [], isHiding: false })
  expect(choose([debt('a', 'bank'), debt('b', 'bank')], { busy: ['b'] })).toMatchObject({ isHiding: false })
})
