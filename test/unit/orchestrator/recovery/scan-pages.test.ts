import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Lane } from '../../../../src/orchestrator/sending/lane.ts'
import { ScanProgress } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import type { Scan } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import { ScanReader } from '../../../../src/orchestrator/recovery/scan-reader.ts'
import type { DuePlace, Loaded } from '../../../../src/ports/persistency.ts'

interface Given {
  readonly shared?: boolean
  readonly mayVanish?: boolean
  /** Sagas in the store. */
  readonly sagas?: number
  /** Milliseconds of each page; the last one goes for all further ones. */
  readonly took?: readonly number[]
  /** Spare places of the lane before each page; the last one goes for all further ones. */
  readonly left?: readonly number[]
  readonly hungry?: (lane: Lane) => boolean
  /** The recovery of a page skips commands of these lanes. */
  readonly skips?: readonly Lane[]
  readonly findOwing?: boolean
}

const at = (values: readonly number[], index: number) => values[Math.min(index, values.length - 1)] ?? 0

/** A reader over sagas that are due at 1, 2, 3 …; time passes only as the store answers. */
function world(given: Given = {}) {
  const { shared = false, mayVanish = false, sagas = 100_000, took = [4], left = [0], skips = [] } = given
  const clock = { now: 0 }
  const [sizes, pauses, renewed, ended]: [number[], number[], number[], number[]] = [[], [], [], []]
  const finders: string[] = []
  const scanProgress = new ScanProgress(0)
  const find = (name: string) => (_: unknown, limit: number, after?: DuePlace) => {
    finders.push(name)
    clock.now += at(took, sizes.length)
    sizes.push(limit)
    const from = after?.due ?? 0
    const length = Math.max(0, Math.min(limit, sagas - from))
    return Promise.resolve(
      Array.from({ length }, (_each, index) => ({ saga: { due: from + index + 1 } }) as unknown as Loaded),
    )
  }
  const owing = (limit: number, after?: DuePlace) => find('owing')(0, limit, after)
  const reader = new ScanReader({
    shared,
    recovery: { by: 'sweep', findDue: find('due'), ...(given.findOwing === true && { findOwing: owing }) },
    runtime: {
      mayVanish,
      monotonic: () => clock.now,
      after: (wait: number, then: () => void) => {
        pauses.push(wait)
        then()
      },
    } as never,
    capacity: {
      left: () => at(left, renewed.length),
      isHungry: given.hungry ?? (() => false),
      renew: () => void renewed.push(clock.now),
    },
    pageRecovery: {
      recover: async (page, scan) => {
        for (const lane of skips) scanProgress.skipped(lane, scan)
        return { due: page.at(-1)?.saga.due ?? 0, id: '' }
      },
    },
    scanProgress,
    unknownReferences: { scanEnds: () => void ended.push(sizes.length) },
  })
  const read = (scan: Scan) => {
    reader.begin()
    return reader.read(scan)
  }
  return { reader, read, sizes, pauses, renewed, ended, finders, scanProgress, clock }
}

const scanOf = (more: Partial<Scan> = {}): Scan => ({ kind: 'fresh', at: undefined, until: 200_000, ...more })
const FULL: Partial<Scan> = { kind: 'full' }

describe('the pages of a scan', () => {
  test('P16 a scan reads a bounded number of pages in one run, a gentle one fewer, and goes on in the next', async () => {
    const [hurried, gentle] = [world(), world()]
    const scan = scanOf()
    expect([await hurried.read(scan), hurried.sizes.length, scan.at?.due]).toEqual([false, 32, 32 * 64])
    expect([await gentle.read(scanOf({ isGentle: true })), gentle.sizes.length]).toEqual([false, 4])
    await hurried.read(scanOf({ at: scan.at }))
    expect([hurried.sizes.length, hurried.renewed.length]).toEqual([64, 64])
  })

  test('P19 a host that bounds the requests of a run gets four pages for all of its scans, without pauses', async () => {
    const { reader, sizes, pauses } = world({ mayVanish: true })
    reader.begin()
    expect([await reader.read(scanOf()), sizes.length]).toEqual([false, 4])
    expect([await reader.read(scanOf()), sizes.length, pauses]).toEqual([false, 4, []])
    reader.begin()
    await reader.read(scanOf({ at: { due: 99_999, id: '' } }))
    await reader.read(scanOf({ at: { due: 99_999, id: '' } }))
    expect(sizes.length).toBe(8)
  })

  test('I5 between two pages events go on: a gentle scan pauses for four times the time of its page', async () => {
    const [hurried, gentle, instant] = [world({ took: [7] }), world({ took: [7] }), world({ took: [0] })]
    await hurried.read(scanOf())
    await gentle.read(scanOf({ isGentle: true }))
    await instant.read(scanOf({ isGentle: true }))
    expect([hurried.pauses[0], gentle.pauses[0], instant.pauses[0]]).toEqual([1, 28, 1])
  })

  test('P16 a store in this process gets pages of about four milliseconds, from 4 to 256 sagas', async () => {
    const quick = world({ took: [3] })
    await quick.read(scanOf())
    expect(quick.sizes.slice(0, 4)).toEqual([64, 128, 256, 256])
    const slow = world({ took: [9] })
    await slow.read(scanOf())
    expect(slow.sizes.slice(0, 6)).toEqual([64, 32, 16, 8, 4, 4])
    const right = world({ took: [4, 8, 4] })
    await right.read(scanOf())
    expect(right.sizes.slice(0, 4)).toEqual([64, 64, 64, 64])
  })

  test('P16 a page that is not full says nothing about the time of a full one', async () => {
    const { read, sizes } = world({ took: [0], sagas: 10 })
    expect(await read(scanOf())).toBe(true)
    expect(sizes).toEqual([64, 64])
  })

  test('P16 a shared store is asked for full pages, however long they take', async () => {
    const { read, sizes } = world({ shared: true, took: [100] })
    await read(scanOf())
    expect(new Set(sizes)).toEqual(new Set([DEFAULTS.sweepPage]))
  })

  test('I5 a scan makes way where a skipped lane is hungry again, and for nothing else', async () => {
    const calm = world({ skips: ['bank'] })
    await calm.read(scanOf())
    const hungry = world({ skips: ['bank'], hungry: (lane) => lane === 'bank' })
    expect(await hungry.read(scanOf())).toBe(false)
    expect([calm.sizes.length, hungry.sizes.length]).toEqual([32, 1])
  })

  test('C2.1 the end of a full scan is told to the counts of unknown references, and no other', async () => {
    const one = world({ sagas: 1 })
    await one.read(scanOf())
    expect(one.ended).toEqual([])
    await one.read(scanOf(FULL))
    expect(one.ended).toHaveLength(1)
    expect(one.scanProgress.full(one.clock.now + 60_000)?.isGentle).toBe(true)
  })

  test('P23 the scan of the future asks for sagas that owe something, where the store can find those alone', async () => {
    const future = { ...scanOf(), kind: 'future', at: { due: 5, id: '' } } as const
    const [able, plain] = [world({ findOwing: true, sagas: 0 }), world({ sagas: 0 })]
    await able.read({ ...future })
    await able.read(scanOf())
    await able.read({ ...future, at: undefined })
    await plain.read({ ...future })
    expect([able.finders, plain.finders]).toEqual([['owing', 'due', 'due'], ['due']])
  })
})

describe('the pages of a catch-up', () => {
  const scan = (): Scan => scanOf({ kind: 'catch-up', lane: 'bank' })

  test('P16 it reads as many sagas as its lane has places, at least four, at most a page', async () => {
    const sizeOf = async (left: number, shared = false) => {
      const one = world({ left: [left], shared, sagas: 0 })
      await one.read(scan())
      return one.sizes
    }
    expect([await sizeOf(1), await sizeOf(20), await sizeOf(500)]).toEqual([[4], [20], [64]])
    expect(await sizeOf(20, true)).toEqual([256])
  })

  test('P16 recovery catches up while it reads for a lane with several places; one may be a probe', async () => {
    const isCatchingUp = async (left: number, read = scan()) => {
      const one = world({ left: [left], sagas: 0 })
      await one.read(read)
      return one.scanProgress.isCatchingUp(one.clock.now)
    }
    expect([await isCatchingUp(2), await isCatchingUp(1)]).toEqual([true, false])
    expect(await isCatchingUp(9, scanOf())).toBe(false)
  })

  test('I5 it ends where its lane has no more room, and the place is kept; a hungry lane reads on', async () => {
    const full = world({ left: [4, 0], skips: ['bank'] })
    expect([await full.read(scan()), full.sizes, full.scanProgress.hasSkipped('bank')]).toEqual([true, [4], true])
    const hungry = world({ left: [64], hungry: () => true, skips: ['bank'] })
    expect([await hungry.read(scan()), hungry.sizes.length]).toEqual([false, 32])
  })
})
