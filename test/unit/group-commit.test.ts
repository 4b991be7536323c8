import { expect, test } from 'vitest'
import { GroupCommit } from '../../src/group-commit.ts'
import type { GroupCommitOptions } from '../../src/group-commit.ts'
import { settle } from '../../testing/simulation/settle.ts'

/** A group whose requests the test answers; each is its items, joined. */
function stage(options: Partial<GroupCommitOptions<string, string>> = {}) {
  const requests: string[] = []
  const open: PromiseWithResolvers<readonly PromiseSettledResult<string>[]>[] = []
  const group = new GroupCommit<string, string>({
    send: (items) => {
      requests.push(items.join(' '))
      const answer = Promise.withResolvers<readonly PromiseSettledResult<string>[]>()
      open.push(answer)
      return answer.promise
    },
    soon: queueMicrotask,
    lanes: 2,
    most: 100,
    now: () => 0,
    lapsed: () => undefined,
    ...options,
  })
  const add = (...items: string[]) => Promise.allSettled(items.map((item) => group.add(item)))
  /** To the oldest request: each item as it is. */
  const answer = async (settled?: readonly PromiseSettledResult<string>[]) => {
    const items = requests.at(-open.length)?.split(' ') ?? []
    open.shift()?.resolve(settled ?? items.map((value) => ({ status: 'fulfilled', value })))
    await settle()
  }
  const refuse = async (why: unknown) => {
    open.shift()?.reject(why)
    await settle()
  }
  return { group, requests, open, add, answer, refuse }
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => `n${at}`)

test('what meets goes in one request, and each has its own answer', async () => {
  const { add, requests, answer } = stage()
  const [one, other] = [add('a', 'b'), add('c')]
  await settle()
  expect(requests).toEqual(['a b c'])
  await answer()
  expect(await one).toEqual(['a', 'b'].map((value) => ({ status: 'fulfilled', value })))
  expect(await other).toEqual([{ status: 'fulfilled', value: 'c' }])
})

test('P20 what is wrong with one is not the verdict of the others', async () => {
  const { add, answer } = stage()
  const all = add('a', 'b')
  await settle()
  const settled = [
    { status: 'rejected', reason: 'no' },
    { status: 'fulfilled', value: 'yes' },
  ] as const
  await answer(settled)
  expect(await all).toEqual(settled)
})

test('a request that fails is the verdict of all in it, and of nobody else', async () => {
  const { add, answer, refuse } = stage()
  const first = add('a', 'b')
  await settle()
  const second = add('c')
  await settle()
  await refuse('away')
  await answer()
  expect(await first).toMatchObject([{ reason: 'away' }, { reason: 'away' }])
  expect(await second).toMatchObject([{ value: 'c' }])
})

test('with all lanes taken the next ones collect', async () => {
  const { add, requests, answer } = stage({ lanes: 1 })
  void add('a')
  await settle()
  for (const item of ['b', 'c', 'd']) {
    void add(item)
    await settle()
  }
  expect(requests).toEqual(['a'])
  await answer()
  expect(requests).toEqual(['a', 'b c d'])
})

test('no request has more than it may: items, and their weight unless it is one alone', async () => {
  const few = stage({ most: 2, lanes: 3 })
  void few.add('a', 'b', 'c', 'd', 'e')
  await settle()
  expect(few.requests).toEqual(['a b', 'c d', 'e'])
  const light = stage({ weight: { of: (item) => item.length, most: 4 }, lanes: 9 })
  void light.add('aa', 'bb', 'c', 'dddddd', 'e')
  await settle()
  expect(light.requests).toEqual(['aa bb', 'c', 'dddddd', 'e'])
})

test('P21 what has lapsed when its turn comes is not sent', async () => {
  const lapsed = new Set<string>()
  const late = new Error('too late')
  const { add, requests, answer, group } = stage({ lanes: 1, lapsed: (item) => (lapsed.has(item) ? late : undefined) })
  void add('a')
  await settle()
  const rest = add('b', 'c')
  lapsed.add('b')
  await answer()
  expect(requests).toEqual(['a', 'c'])
  await answer()
  expect(await rest).toMatchObject([{ reason: late }, { value: 'c' }])
  lapsed.add('d')
  const last = add('d')
  await group.drain()
  expect(await last).toMatchObject([{ reason: late }])
})

test('P20 it is told how long each has waited for its turn', async () => {
  const waits: number[] = []
  let now = 100
  const lapsed = (_: string, waited: number) => void waits.push(waited)
  const { add, answer } = stage({ lanes: 1, now: () => now, lapsed })
  void add('a')
  await settle()
  void add('b')
  now += 5
  await answer()
  expect(waits).toEqual([0, 5])
})

test('what goes alone again and again goes in two halves: process and server work at the same time', async () => {
  const { add, requests, answer } = stage()
  const items = numbers(20)
  for (let round = 0; round < 5; round++) {
    void add(...items)
    await settle()
    if (round < 4) await answer()
  }
  expect(requests.map((request) => request.split(' ').length)).toEqual([20, 20, 20, 20, 10, 10])
})

test('with one lane nothing is halved: two halves would be two requests, one after the other', async () => {
  const { add, requests, answer } = stage({ lanes: 1 })
  for (let round = 0; round < 6; round++) {
    void add(...numbers(20))
    await settle()
    await answer()
  }
  expect(requests.map((request) => request.split(' ').length)).toEqual(Array(6).fill(20))
})

test('few are not halved', async () => {
  const { add, requests, answer } = stage()
  for (let round = 0; round < 9; round++) {
    void add(...numbers(15))
    await settle()
    await answer()
  }
  expect(requests).toHaveLength(9)
})

test('drain resolves when everything has its answer, what waits for a lane too', async () => {
  const { group, add, answer } = stage({ lanes: 1 })
  let isDrained = false
  void add('a')
  await settle()
  void add('b')
  void group.drain().then(() => (isDrained = true))
  await answer()
  expect(isDrained).toBe(false)
  await answer()
  expect(isDrained).toBe(true)
})

test('what a host lends is called as hosts want it', async () => {
  const seen: unknown[] = []
  const { add } = stage({
    soon: function (this: unknown, flush) {
      seen.push(this)
      flush()
    },
  })
  void add('a')
  await settle()
  expect(seen).toEqual([undefined])
})

test('P20 rivals never share a group: the later one waits, and the others pass it', async () => {
  const { add, requests, answer } = stage({ lanes: 1, rivalKey: (item) => item[0] })
  const all = add('a1', 'a2', 'b1', 'a3', 'c1')
  await settle()
  expect(requests).toEqual(['a1 b1 c1'])
  await answer()
  await answer()
  expect(requests).toEqual(['a1 b1 c1', 'a2', 'a3'])
  await answer()
  expect((await all).map((one) => one.status)).toEqual(Array(5).fill('fulfilled'))
})

test('P20 with rivals a group keeps to its weight', async () => {
  const { add, requests, answer } = stage({ lanes: 1, rivalKey: (item) => item, weight: { of: () => 2, most: 4 } })
  const all = add('a', 'b', 'c')
  await settle()
  await answer()
  await answer()
  expect(requests).toEqual(['a b', 'c'])
  await all
})

test('I5 P20 requests that hang leave their lanes to others, up to a bound', async () => {
  const clock = { now: 0 }
  const timers: (() => void)[] = []
  const later = (run: () => void) => void timers.push(run)
  const { add, requests, answer } = stage({ most: 1, now: () => clock.now, later })
  const all = add(...numbers(40))
  await settle()
  expect(requests).toEqual(['n0', 'n1'])
  for (let wave = 0; wave < 30; wave++) {
    clock.now += 500
    for (const run of timers.splice(0)) run()
    await settle()
  }
  expect(requests).toHaveLength(34)
  for (let at = 0; at < 40; at++) await answer()
  expect((await all).map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 'fulfilled'))
})

test('I5 P20 without a timer of its host the lanes are the bound', async () => {
  const clock = { now: 0 }
  const { add, requests, answer } = stage({ most: 1, now: () => clock.now })
  void add('a', 'b', 'c')
  await settle()
  clock.now = 60_000
  void add('d')
  await settle()
  expect(requests).toEqual(['a', 'b'])
  await answer()
  expect(requests).toEqual(['a', 'b', 'c'])
})
