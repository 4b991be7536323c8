import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Corridor, Outcome } from '../../src/orchestrator/corridor.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import { hasObjectFile } from '../../workers/edge/object-files.ts'
import type { DiskService } from '../../workers/edge/object-files.ts'
import { withExistenceCheck } from '../../workers/edge/existence-check.ts'
import { DescriptorBudget } from '../../workers/edge/descriptor-budget.ts'

/** A process whose open descriptors, clock and log the test controls. */
function host(open: number) {
  const said: string[] = []
  const say = (message: string): void => void said.push(message)
  const state = { open, now: 0, counts: 0, said }
  const log = { write: say, writes: () => true }
  const descriptors: DiskService = {
    fetch: async () => {
      state.counts++
      return Response.json(Array.from({ length: state.open }, (_, name) => ({ name })))
    },
  }
  return { state, descriptors, runtime: { monotonic: () => state.now, log } }
}

describe('the budget of file descriptors', () => {
  const held = new Promise<never>(() => undefined)
  const wake = (room: DescriptorBudget) => room.run(() => held).catch(() => undefined)

  test('C7 refuses at three quarters of the descriptors, calls under way included, and logs it once a minute', async () => {
    const { state, descriptors, runtime } = host(30)
    const room = new DescriptorBudget(descriptors, 100, runtime)
    const places = Math.floor((100 * 0.75 - 30) / 3)
    for (let one = 0; one < 50; one++) {
      state.now += 1_000
      void wake(room)
      await new Promise((resolve) => setTimeout(resolve))
    }
    let called = false
    for (let times = 0; times < 3; times++) expect(await room.run(async () => (called = true))).toBeUndefined()
    expect(called).toBe(false)
    state.now += 1_000
    expect(await room.probe()).toEqual({ ok: false, why: expect.stringContaining('30 of 100 file descriptors') })
    expect(state.said).toEqual(['object.no-descriptors'])
    expect(places).toBe(15)
  })

  test('C7 admits calls again once descriptors were closed', async () => {
    const { state, descriptors, runtime } = host(75)
    const room = new DescriptorBudget(descriptors, 100, runtime)
    expect(await room.probe()).toMatchObject({ ok: false })
    state.now += 1_000
    expect(await room.run(async () => 1)).toBeUndefined()
    state.open = 20
    state.now += 1_000
    expect(await room.run(async () => 1)).toEqual({ value: 1 })
    expect(await room.probe()).toEqual({ ok: true })
  })

  test('P19 calls that ended together with their requests hold their places for a minute', async () => {
    const { state, descriptors, runtime } = host(0)
    const room = new DescriptorBudget(descriptors, 100, runtime)
    for (let one = 0; one < 25; one++) void wake(room)
    await new Promise((resolve) => setTimeout(resolve))
    state.now += DEFAULTS.lostRequest
    expect(await room.run(async () => 1)).toBeUndefined()
    state.now += 1_000
    expect(await room.run(async () => 1)).toEqual({ value: 1 })
  })

  test('does not count descriptors for each call', async () => {
    const { state, descriptors, runtime } = host(30)
    const room = new DescriptorBudget(descriptors, 20_000, runtime)
    for (let call = 0; call < 2_000; call++) await room.run(async () => call)
    expect(state.counts).toBe(0)
  })
})

describe('the file of an object', () => {
  const folder = (sizes: Record<string, number>): DiskService => ({
    fetch: async (url) => {
      const size = sizes[url.slice('http://disk/batuta/'.length)]
      return new Response(null, { status: size === undefined ? 404 : 200, headers: { 'content-length': String(size) } })
    },
  })

  test.each([
    ['no file', {}, false],
    ['a file that was opened only', { 'a.sqlite': 4_096 }, false],
    ['the same, its log empty', { 'a.sqlite': 4_096, 'a.sqlite-wal': 0 }, false],
    ['tables', { 'a.sqlite': 20_480 }, true],
    ['tables that stand in the log alone, as after a kill', { 'a.sqlite': 4_096, 'a.sqlite-wal': 32_992 }, true],
    ['the log of one that was never opened', { 'a.sqlite': 0, 'a.sqlite-wal': 32_992 }, true],
  ])('%s', async (_, sizes, expected) => {
    expect(await hasObjectFile(folder(sizes), 'a')).toBe(expected)
  })

  test('an error of the disk service throws', async () => {
    const failing: DiskService = { fetch: async () => new Response(null, { status: 500 }) }
    await expect(hasObjectFile(failing, 'a')).rejects.toThrow('status 500')
  })
})

describe('the existence check', () => {
  const moved: Outcome = { kind: 'moved', sagaId: 's', state: 'next' }
  const event = { id: 'key/1', sagaId: 's', label: 'happened', payload: {} }

  function corridor(mayExist: () => Promise<boolean>) {
    const [woken, counted] = [[] as string[], [] as string[]]
    const objects: Corridor = {
      create: async ({ id }) => (woken.push('create'), { kind: 'created', sagaId: id }),
      handle: async () => (woken.push('handle'), moved),
      document: async () => void woken.push('document'),
      list: async () => false,
      count: async () => false,
      awaitEnd: async () => true,
      watch: async () => ({ kind: 'over' }),
      watchAll: async () => ({ kind: 'not-here', why: 'this is a test' }),
      operate: async ({ sagaId }) => (woken.push('operate'), { kind: 'repeated', sagaId, state: 'next' }),
    }
    const metrics = {
      event: (outcome: string) => void counted.push(outcome),
      creation: (outcome: string) => void counted.push(outcome),
    } as Metrics
    const quiet = (): void => undefined
    const runtime = { log: { write: quiet, writes: () => false } }
    return { woken, counted, known: withExistenceCheck(objects, { runtime, metrics, mayExist, limit: 100 }) }
  }

  test('C4.4 wakes no object for an unknown id, and counts the event', async () => {
    const { known, woken, counted } = corridor(async () => false)
    expect(await known.handle(event)).toEqual({ kind: 'unknown-saga', sagaId: 's' })
    expect(await known.document('s')).toBeUndefined()
    expect([woken, counted]).toEqual([[], ['unknown-saga']])
  })

  test('C4.4 passes an id that may exist to its object', async () => {
    const { known, woken } = corridor(async () => true)
    expect(await known.handle(event)).toEqual(moved)
    await known.document('s')
    expect(woken).toEqual(['handle', 'document'])
  })

  test('I1 answers unavailable, not unknown, where the check fails', async () => {
    const { known, woken } = corridor(() => Promise.reject(new Error('EMFILE')))
    expect(await known.handle(event)).toMatchObject({ kind: 'unavailable' })
    await expect(known.document('s')).rejects.toThrow('EMFILE')
    expect(woken).toEqual([])
  })

  test('P24 wakes no object for a creation that is too large', async () => {
    const { known, woken, counted } = corridor(async () => true)
    const order = { id: 's', entity: '', metadata: { text: 'é'.repeat(60) } }
    expect(await known.create(order)).toEqual({ kind: 'too-large', limit: 100 })
    expect(await known.create({ ...order, metadata: { text: 'é'.repeat(40) } })).toMatchObject({ kind: 'created' })
    expect([woken, counted]).toEqual([['create'], ['too-large']])
  })
})
