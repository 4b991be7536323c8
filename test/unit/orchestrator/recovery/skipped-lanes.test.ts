import { expect, test } from 'vitest'
import { ScanProgress } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import type { Scan } from '../../../../src/orchestrator/recovery/scan-progress.ts'

const placeOf = (due: number) => ({ due, id: `s${due}` })
const FREE = { has: () => true }
const only = (...lanes: readonly string[]) => ({ has: (lane: string) => lanes.includes(lane) })
const hungry = (...lanes: readonly string[]) => ({ isHungry: (lane: string) => lanes.includes(lane) })

/** Everything up to the instant 100 was read. */
function read(): ScanProgress {
  const progress = new ScanProgress(0)
  progress.ended({ ...progress.fresh(100), at: placeOf(100) }, 0)
  return progress
}

function scanOf(kind: 'fresh' | 'full', due: number | undefined): Scan {
  return { kind, at: due === undefined ? undefined : placeOf(due), until: 100 }
}

/** The place of the only lane's catch-up. */
function placeAfter(progress: ScanProgress) {
  return progress.catchUp(FREE)?.at
}

test('I5 a lane that was skipped is caught up from its place once it has capacity, up to what was read', () => {
  const progress = read()
  progress.skipped('bank', scanOf('fresh', 20))
  progress.skipped('shop', scanOf('fresh', 30))
  expect([progress.catchUps, progress.hasSkipped('shop'), progress.hasSkipped('desk')]).toEqual([2, true, false])
  expect(progress.catchUp(only('desk'))).toBeUndefined()
  expect(progress.catchUp(only('shop'))).toEqual({ kind: 'catch-up', at: placeOf(30), until: 100, lane: 'shop' })
  expect([progress.hasSkipped('shop'), progress.hasSkipped('bank'), progress.catchUps]).toEqual([false, true, 2])
})

test('I5 one catch-up comes to its end before that of another lane begins', () => {
  const progress = read()
  for (const lane of ['bank', 'shop']) progress.skipped(lane, scanOf('fresh', 20))
  const first = progress.catchUp(FREE)
  expect(first?.lane).toBe('bank')
  expect(progress.catchUp(FREE)).toBe(first)
  if (first !== undefined) progress.ended(first, 0)
  expect([progress.catchUp(FREE)?.lane, progress.catchUps]).toEqual(['shop', 1])
})

test('P16 one run has a bounded number of catch-ups, however many keys wait', () => {
  const progress = read()
  expect(progress.catchUps).toBe(0)
  for (let at = 0; at < 100; at++) progress.skipped(`bank\0${at}`, scanOf('fresh', 20))
  expect(progress.catchUps).toBe(32)
})

test('P16 a bounded number of lanes is kept, and a lane that is kept already can still get an older place', () => {
  const progress = read()
  for (let at = 0; at < 5_000; at++) progress.skipped(`bank\0${at}`, scanOf('fresh', 20))
  expect([progress.hasSkipped('bank\x004095'), progress.hasSkipped('bank\x004096')]).toEqual([true, false])
  progress.skipped('bank\x004095', scanOf('full', undefined))
  expect(progress.catchUp(only('bank\x004095'))).toMatchObject({ lane: 'bank\x004095', at: undefined })
})

test('I5 the place of a lane is that of its oldest command: the first of a fresh scan, before that the one of a full scan', () => {
  const fresh = read()
  for (const due of [20, 60]) fresh.skipped('bank', scanOf('fresh', due))
  expect(placeAfter(fresh)).toEqual(placeOf(20))
  const full = read()
  full.skipped('bank', scanOf('fresh', 20))
  for (const due of [undefined, 10]) full.skipped('bank', scanOf('full', due))
  full.skipped('bank', scanOf('fresh', 90))
  expect([placeAfter(full), full.hasSkipped('bank')]).toEqual([undefined, false])
})

test('I5 a catch-up without capacity goes on from its own place, whatever other scans have skipped meanwhile', () => {
  const progress = read()
  progress.skipped('bank', scanOf('fresh', 20))
  const catchUp = progress.catchUp(FREE)
  if (catchUp === undefined) throw new Error('there is no catch-up')
  progress.skipped('bank', scanOf('fresh', 80))
  catchUp.at = placeOf(40)
  progress.skipped('bank', catchUp)
  catchUp.at = placeOf(50)
  progress.skipped('bank', catchUp)
  progress.skipped('bank', scanOf('full', 10))
  progress.ended(catchUp, 0)
  expect(placeAfter(progress)).toEqual(placeOf(40))
})

test('I5 a catch-up keeps the places of the other lanes that it meets as a fresh scan does', () => {
  const progress = read()
  progress.skipped('shop', { ...scanOf('fresh', 40), kind: 'catch-up', lane: 'bank' })
  progress.skipped('shop', scanOf('full', 10))
  expect(placeAfter(progress)).toEqual(placeOf(10))
})

test('I5 recovery hurries where a skipped lane is hungry, and not for others', () => {
  const progress = read()
  for (const lane of ['bank', 'shop']) progress.skipped(lane, scanOf('fresh', 20))
  expect([hungry(), hungry('desk'), hungry('shop')].map((one) => progress.canCatchUp(one))).toEqual([
    false,
    false,
    true,
  ])
})

test('P16 recovery works off a backlog for a second after its last read for a lane with room', () => {
  const progress = read()
  expect(progress.isCatchingUp(0)).toBe(false)
  progress.catchesUp(5_000)
  expect([5_000, 5_999, 6_000].map((now) => progress.isCatchingUp(now))).toEqual([true, true, false])
})

test('I5 a full scan meets every skipped command again: it begins without the places, in a hurry only at the start', () => {
  const progress = read()
  progress.skipped('bank', scanOf('fresh', 20))
  progress.catchUp(FREE)
  progress.skipped('shop', scanOf('fresh', 30))
  const first = progress.full(0)
  expect(first).toEqual({ kind: 'full', at: undefined, until: 100, isGentle: false })
  expect([progress.catchUps, progress.catchUp(FREE)]).toEqual([0, undefined])
  expect(progress.full(999_999)).toBe(first)
  if (first !== undefined) progress.ended(first, 0)
  expect([progress.full(59_999), progress.full(60_000)?.isGentle]).toEqual([undefined, true])
})

test('P23 after a restart every place is forgotten, and everything is read anew and in a hurry', () => {
  const progress = read()
  const isRipe = () => true
  progress.skipped('bank', scanOf('fresh', 20))
  progress.catchUp(FREE)
  progress.skipped('shop', scanOf('fresh', 20))
  const [full, future] = [progress.full(0), progress.future(placeOf(900), isRipe)]
  if (full !== undefined) progress.ended(full, 0)
  progress.nextFuture = 60_000
  progress.farDebts.isRipe('s1', 0, 1)
  progress.restart(40)
  expect([progress.catchUps, progress.nextFuture, progress.farDebts.areWaiting]).toEqual([0, -Infinity, false])
  expect(progress.fresh(200)).toEqual({ kind: 'fresh', at: { due: 40, id: '' }, until: 200 })
  expect(progress.full(0)).toEqual({ kind: 'full', at: undefined, until: 40, isGentle: false })
  expect(progress.future(placeOf(700))).not.toBe(future)
})

test('P23 the scan of the future goes on from its place until it has come to its end', () => {
  const progress = read()
  const isRipe = () => true
  const scan = progress.future(placeOf(900), isRipe)
  expect(scan).toEqual({ kind: 'future', at: placeOf(900), until: Number.MAX_SAFE_INTEGER, isRipe })
  expect(progress.future(placeOf(950))).toBe(scan)
  progress.ended(scan, 0)
  expect(progress.future(placeOf(950)).at).toEqual(placeOf(950))
})

test('I5 a fresh scan that has paused goes on from its place; a catch-up has its own', () => {
  const progress = read()
  progress.paused({ ...scanOf('fresh', 120), until: 200 })
  expect(progress.fresh(200).at).toEqual(placeOf(120))
  progress.paused(scanOf('fresh', undefined))
  progress.paused({ ...scanOf('full', 30), kind: 'catch-up', lane: 'bank' })
  expect(progress.fresh(200).at).toEqual(placeOf(120))
})

test('I5 a fresh scan that has read its whole range goes on at the end of it, even where no saga was there', () => {
  const progress = read()
  progress.ended({ kind: 'fresh', at: placeOf(150), until: 200 }, 0)
  expect(progress.fresh(300).at).toEqual({ due: 200, id: '' })
  progress.ended({ kind: 'fresh', at: undefined, until: 250 }, 0)
  expect(progress.fresh(300).at).toEqual({ due: 250, id: '' })
})
