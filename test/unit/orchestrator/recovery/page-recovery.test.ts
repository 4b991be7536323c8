import { describe, expect, test } from 'vitest'
import type { Saga } from '../../../../src/engine/saga.ts'
import type { Lane } from '../../../../src/orchestrator/sending/lane.ts'
import { PageRecovery } from '../../../../src/orchestrator/recovery/page-recovery.ts'
import { SagaRecovery } from '../../../../src/orchestrator/recovery/saga-recovery.ts'
import type { SagaRecoveryOptions } from '../../../../src/orchestrator/recovery/saga-recovery.ts'
import { ScanProgress } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import type { Scan } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import type { ClaimResult } from '../../../../src/orchestrator/sending/claims.ts'
import type { Loaded } from '../../../../src/ports/persistency.ts'
import { birth } from '../../../../testing/contract/build.ts'

type Ends = Readonly<Record<string, ClaimResult['kind']>>

interface Given {
  readonly shared?: boolean
  /** How the claim of each saga ends; others have nothing to write. */
  readonly ends?: Ends
  /** Lanes without capacity of sagas whose claim would write nothing; the others are claimed. */
  readonly skipped?: Readonly<Record<string, readonly Lane[]>>
  /** Lanes without capacity that a claim has met. */
  readonly passed?: readonly Lane[]
  readonly chance?: number
}

function world({ shared = false, ends = {}, skipped = {}, passed = [], chance = 0 }: Given = {}) {
  const claimed: string[] = []
  const counted: string[] = []
  const scanProgress = new ScanProgress(0)
  const pages = new PageRecovery({
    shared,
    runtime: { random: () => chance },
    scanProgress,
    sagaRecovery: {
      skippedOf: ({ saga }: Loaded) => skipped[saga.id],
      recover: async ({ saga }: Loaded) => (claimed.push(saga.id), { kind: ends[saga.id] ?? 'left', passed }),
    } as unknown as SagaRecovery,
    unknownReferences: { scanBegins: () => void counted.push('begins'), scanned: ({ id }) => void counted.push(id) },
  })
  return { pages, claimed, counted, scanProgress }
}

const scanOf = (more: Partial<Scan> = {}): Scan => ({ kind: 'fresh', at: { due: 1, id: 'p' }, until: 900, ...more })

/** Sagas that are due one millisecond after the other. */
function pageOf(...ids: readonly string[]): readonly Loaded[] {
  return ids.map((id, at) => ({ saga: { ...birth({ id }).next, due: 100 + at } as Saga, basis: 'w' }))
}

const BOTH = ['a', 'b']

describe('a page of a scan', () => {
  test('I5 the scan goes on after the last saga that keeps its place: a saga that was written has moved', async () => {
    const placeOf = async (ends: Ends) => (await world({ ends }).pages.recover(pageOf(...BOTH), scanOf()))?.id
    expect(await placeOf({})).toBe('b')
    expect(await placeOf({ b: 'written' })).toBe('a')
    expect(await placeOf({ a: 'written', b: 'failed' })).toBe('b')
    expect(await placeOf({ a: 'written', b: 'written' })).toBe('p')
  })

  test('I5 the place is that of the store’s order', async () => {
    const resting = { saga: { ...birth({ id: 'a' }).next, owed: [], due: undefined }, basis: 'w' }
    expect(await world().pages.recover(pageOf('a'), scanOf())).toEqual({ due: 100, id: 'a', isResting: false })
    expect(await world().pages.recover([resting], scanOf())).toMatchObject({ due: 0, id: 'a' })
  })

  test('I5 a saga that stands behind a full lane is not claimed, and its lanes are kept at the place of the scan', async () => {
    const { pages, claimed, scanProgress } = world({ skipped: { b: ['bank', 'shop'] } })
    const scan = scanOf()
    await pages.recover(pageOf('a', 'b', 'c'), scan)
    expect([claimed, scan.isEffective]).toEqual([['a', 'c'], true])
    expect(['bank', 'shop', 'desk'].map((lane) => scanProgress.hasSkipped(lane))).toEqual([true, true, false])
    expect(scanProgress.catchUp({ has: () => true })?.at).toEqual({ due: 1, id: 'p' })
  })

  test('I5 a lane that lost its capacity during the claim is kept too', async () => {
    const { pages, scanProgress } = world({ passed: ['bank'] })
    await pages.recover(pageOf('a'), scanOf())
    expect(scanProgress.hasSkipped('bank')).toBe(true)
  })

  test.each<[string, Given, boolean | undefined]>([
    ['nothing to write', {}, undefined],
    ['a write', { ends: { a: 'written' } }, true],
    ['a lost claim', { ends: { a: 'failed' } }, true],
    ['a saga that would write nothing', { skipped: { a: [] } }, undefined],
    ['a lane without capacity', { skipped: { a: ['bank'] } }, true],
  ])('P23 a scan has met work that is left or done: %s', async (_, given, isEffective) => {
    const scan = scanOf()
    await world(given).pages.recover(pageOf('a'), scan)
    expect(scan.isEffective).toBe(isEffective)
  })

  test('P23 so has a scan that met a saga in whose mailbox other work runs', async () => {
    const { scanProgress } = world()
    const busy = { isBusy: () => true, run: () => new Promise(() => undefined) }
    const work = { passed: () => undefined }
    const sagaRecovery = new SagaRecovery({ mailbox: busy, work } as unknown as SagaRecoveryOptions)
    const unknownReferences = { scanBegins: () => undefined, scanned: () => undefined }
    const runtime = { random: () => 0 }
    const pages = new PageRecovery({ shared: false, runtime, scanProgress, sagaRecovery, unknownReferences })
    const scan = scanOf()
    await pages.recover(pageOf('a'), scan)
    expect(scan.isEffective).toBe(true)
  })

  test('P23 a saga that is left to another process for now is not claimed, and does not make the scan effective', async () => {
    const { pages, claimed } = world({ ends: { a: 'written' } })
    const scan = scanOf({ isRipe: (id) => id !== 'a' })
    expect((await pages.recover(pageOf(...BOTH), scan))?.id).toBe('b')
    expect([claimed, scan.isEffective]).toEqual([['b'], undefined])
  })

  test('C2.1 only a full scan counts unknown references, from its first page on', async () => {
    const { pages, counted } = world()
    await pages.recover(pageOf(...BOTH), scanOf())
    await pages.recover(pageOf(...BOTH), scanOf({ kind: 'full', at: undefined }))
    await pages.recover(pageOf('c'), scanOf({ kind: 'full' }))
    expect(counted).toEqual(['begins', 'a', 'b', 'c'])
  })
})

describe('a page of a shared store', () => {
  const ids = Array.from({ length: 100 }, (_, at) => `s${at}`)
  const all = (kind: ClaimResult['kind']) => Object.fromEntries(ids.map((id) => [id, kind]))

  test.each([
    [0, 0],
    [0.5, 18],
    [0.999_999, 36],
  ])(
    'P16 a process claims 64 neighbours, with the chance %d from number %d on; the page is read again',
    async (chance, from) => {
      const { pages, claimed } = world({ shared: true, ends: all('written'), chance })
      const scan = scanOf()
      expect(await pages.recover(pageOf(...ids), scan)).toEqual(scanOf().at)
      expect(claimed).toEqual(ids.slice(from, from + 64))
      expect(scan.isEffective).toBe(true)
    },
  )

  test('P16 where all of that part was lost to others, the rest is claimed too, and the scan goes on', async () => {
    const { pages, claimed } = world({ shared: true, ends: all('failed'), chance: 0.5 })
    expect((await pages.recover(pageOf(...ids), scanOf()))?.id).toBe('s99')
    expect([claimed.length, new Set(claimed).size]).toEqual([100, 100])
  })

  test('P16 a page of 64 is claimed at once, each saga once', async () => {
    const { pages, claimed } = world({ shared: true, ends: all('failed') })
    await pages.recover(pageOf(...ids.slice(0, 64)), scanOf())
    expect(claimed).toEqual(ids.slice(0, 64))
  })

  test('P16 a process with a store of its own claims a whole page', async () => {
    const { pages, claimed } = world({ ends: all('written') })
    await pages.recover(pageOf(...ids), scanOf())
    expect(claimed).toEqual(ids)
  })
})
