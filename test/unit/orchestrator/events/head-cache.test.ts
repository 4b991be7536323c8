import { describe, expect, test } from 'vitest'
import type { Metadata, Saga } from '../../../../src/engine/saga.ts'
import { HeadCache, weigh } from '../../../../src/orchestrator/events/head-cache.ts'
import type { Basis, Loaded } from '../../../../src/ports/persistency.ts'
import { birth, NOW } from '../../../../testing/contract/build.ts'

function loaded(id: string, rest: Partial<Saga> = {}, basis: Basis = 'w'): Loaded {
  return { saga: { ...birth({ id }).next, ...rest }, basis }
}

function remembering(...all: Loaded[]): HeadCache {
  const heads = new HeadCache(Number.MAX_SAFE_INTEGER)
  for (const one of all) heads.remember(one)
  return heads
}

/** Estimated bytes of one head. */
function bytesOf(one: Loaded): number {
  return remembering(one).bytes
}

function known(heads: HeadCache, ids: readonly string[]): string[] {
  return ids.filter((id) => heads.recall(id) !== undefined)
}

function times(count: number, act: () => void): void {
  for (let time = 0; time < count; time++) act()
}

describe('heads', () => {
  test('P9 a remembered head is recalled; a later one replaces it', () => {
    const [one, later] = [loaded('s'), loaded('s', { length: 2 })]
    const heads = remembering(one)
    expect(heads.recall('s')).toBe(one)
    heads.remember(later)
    expect(heads.recall('s')).toBe(later)
    expect(heads.bytes).toBe(bytesOf(later))
    for (const id of ['', '__proto__', 'constructor']) expect(heads.recall(id)).toBeUndefined()
  })

  test('P6 a forgotten head is gone and weighs nothing', () => {
    const heads = remembering(loaded('a'), loaded('b'))
    heads.forget('a')
    heads.forget('a')
    heads.forget('never there')
    expect([known(heads, ['a', 'b']), heads.bytes]).toEqual([['b'], bytesOf(loaded('b'))])
    heads.forget('b')
    expect(heads.bytes).toBe(0)
  })
})

describe('head cache: bounded by bytes', () => {
  const each = bytesOf(loaded('a'))

  test('P21 the least recently used head is dropped first; a recall is a use', () => {
    const heads = new HeadCache(each * 3)
    for (const id of ['a', 'b', 'c']) heads.remember(loaded(id))
    expect(heads.recall('a')).toBeDefined()
    heads.remember(loaded('d'))
    expect(known(heads, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd'])
  })

  test('P21 remembering a head again is a use', () => {
    const heads = new HeadCache(each * 2)
    for (const id of ['a', 'b', 'a', 'c']) heads.remember(loaded(id))
    expect(known(heads, ['a', 'b', 'c'])).toEqual(['a', 'c'])
  })

  test('P21 never holds more than its limit, a big one drops several small ones', () => {
    const big = loaded('big', { metadata: { text: 'x'.repeat(each) } })
    const heads = new HeadCache(bytesOf(big) + each)
    for (let number = 0; number < 50; number++) {
      heads.remember(loaded(`s${number}`))
      expect(heads.bytes).toBeLessThanOrEqual(bytesOf(big) + each + 100)
    }
    heads.remember(big)
    expect(heads.recall('big')).toBe(big)
    expect(heads.bytes).toBeLessThanOrEqual(bytesOf(big) + each)
  })

  test('P21 a head above the limit is not kept, and neither is the one it replaces', () => {
    const heads = new HeadCache(each * 2)
    heads.remember(loaded('a'))
    heads.remember(loaded('b'))
    heads.remember(loaded('b', { metadata: { text: 'x'.repeat(each * 2) } }))
    expect([known(heads, ['a', 'b']), heads.bytes]).toEqual([['a'], each])
  })

  test('P21 a limit of 0 remembers no head', () => {
    const heads = new HeadCache(0)
    heads.remember(loaded('a'))
    expect([heads.recall('a'), heads.bytes]).toEqual([undefined, 0])
  })

  test('P21 every part of any size counts', () => {
    const payload = { text: 'x'.repeat(10_000) }
    const letter = { id: 'c', label: 'l', channel: 'k', payload, why: '', since: NOW, attempts: 1 }
    const event = { id: 'e', sagaId: 's', label: 'l', payload }
    const message = { id: 'c', label: 'l', channel: 'k' }
    const { text } = payload
    const by = { operator: 'o', reason: text }
    const heavy = [
      loaded('a', { metadata: payload }),
      loaded('a', { metadata: { ['k'.repeat(20_000)]: 1 } }),
      loaded('a', { metadata: { list: Array.from({ length: 2_500 }, () => 1) } }),
      loaded('a', { owed: [{ id: 'c', label: 'l', channel: 'k', payload, attempts: 0, since: NOW, due: NOW }] }),
      loaded('a', { deadLetters: [letter] }),
      loaded('a', { owed: birth({ headers: { miauserid: 'x'.repeat(10_000) } }).next.owed }),
      loaded('a', { parked: [{ event, since: NOW, expires: NOW }] }),
      loaded('a', { owed: [{ ...message, attempts: 1, since: NOW, due: NOW, last: { at: NOW, answer: text } }] }),
      loaded('a', { delivered: [{ ...message, since: NOW, at: NOW, sends: 1, body: text }] }),
      loaded('a', { delivered: [{ ...message, since: NOW, at: NOW, sends: 1, headers: { miauserid: text } }] }),
      loaded('a', { hold: { since: NOW, sideEffects: [{ ...message, body: text }] } }),
      loaded('a', { operations: [{ id: 'key/o', action: 'hold', at: NOW, ...by }] }),
      loaded('a', {}, { document: payload } as unknown as Basis),
      loaded('a', {}, 'x'.repeat(10_000)),
    ]
    for (const one of heavy) expect(bytesOf(one)).toBeGreaterThan(20_000)
  })

  test('P24 a head of any depth is weighed without an error', () => {
    let metadata: Metadata = {}
    for (let level = 0; level < 100_000; level++) metadata = { a: metadata }
    expect(bytesOf(loaded('a', { metadata }))).toBeGreaterThan(100_000)
  })
})

test('P21 the weight of a value is that of all its parts, and of a large one no more than is needed', () => {
  expect([weigh('ab', 1_000), weigh(7, 1_000), weigh(null, 1_000), weigh(true, 1_000)]).toEqual([20, 8, 8, 8])
  expect(weigh([1, 'ab', []], 1_000)).toBe(32 + 8 + 20 + 32)
  expect(weigh({ a: 1, bc: { d: 'ab' } }, 1_000)).toBe(32 + 17 + 8 + 18 + 32 + 17 + 20)
  const list = Array.from({ length: 100 }, () => 'x'.repeat(100))
  expect(weigh(list, 1_000)).toBe(32 + 5 * 216)
})

describe('head cache: pauses itself', () => {
  /** Consecutive conflicts that pause the cache. */
  const ENOUGH = 7

  test('P21 above a third of conflicts all heads are forgotten and none is remembered', () => {
    const heads = remembering(loaded('a'))
    times(ENOUGH - 1, () => heads.learn(true))
    expect(heads.recall('a')).toBeDefined()
    heads.learn(true)
    expect([heads.recall('a'), heads.bytes]).toEqual([undefined, 0])
    heads.remember(loaded('a'))
    expect([heads.recall('a'), heads.bytes]).toEqual([undefined, 0])
  })

  test('P21 below a third it stays on', () => {
    const heads = remembering(loaded('a'))
    for (let write = 0; write < 10_000; write++) heads.learn(write % 4 === 0)
    expect(heads.recall('a')).toBeDefined()
  })

  test('P21 at half of them it soon pauses', () => {
    const heads = remembering(loaded('a'))
    for (let write = 0; write < 50; write++) heads.learn(write % 2 === 0)
    expect(heads.recall('a')).toBeUndefined()
  })

  test('P21 after the pause it starts again without the old share', () => {
    const heads = remembering(loaded('a'))
    times(ENOUGH, () => heads.learn(true))
    times(511, () => heads.recall('a'))
    heads.remember(loaded('a'))
    expect(heads.bytes).toBe(0)
    heads.recall('a')
    heads.remember(loaded('a'))
    expect(heads.recall('a')).toBeDefined()
    times(ENOUGH - 1, () => heads.learn(true))
    expect(heads.recall('a')).toBeDefined()
    heads.learn(true)
    expect(heads.recall('a')).toBeUndefined()
  })
})
