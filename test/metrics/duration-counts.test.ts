import { expect, test } from 'vitest'
import { DurationCounts } from '../../adapters/metrics/duration-counts.ts'

test('C7 buckets are cumulative, and each includes its upper bound', () => {
  const counts = new DurationCounts()
  for (const seconds of [0.001, 0.005, 0.0051, 1, 11]) counts.add(seconds)
  const of = (most: number) => counts.buckets().find((bucket) => bucket.most === most)?.count
  expect([of(0.005), of(0.01), of(1), of(10), of(Number.POSITIVE_INFINITY)]).toEqual([2, 3, 4, 4, 5])
  expect([counts.count, counts.sum]).toEqual([5, 0.001 + 0.005 + 0.0051 + 1 + 11])
})

test('C7 a quantile is at most 9 % above the exact one, from 50 µs to 100 s', () => {
  const counts = new DurationCounts()
  const all = Array.from({ length: 1_000 }, (_, n) => 0.00005 * 1.0146 ** n) // to 99 s
  for (const seconds of all) counts.add(seconds)
  for (const part of [0.001, 0.5, 0.9, 0.95, 0.99]) {
    const exact = all[Math.ceil(part * all.length) - 1] as number
    expect(counts.quantile(part) / exact).toBeGreaterThanOrEqual(0.999_999)
    expect(counts.quantile(part) / exact).toBeLessThan(1.0906)
  }
})

test('C7 without durations a quantile is 0; one beyond all counts is in the last', () => {
  const counts = new DurationCounts()
  expect(counts.quantile(0.5)).toBe(0)
  counts.add(0)
  expect(counts.quantile(0.5)).toBe(0.00005)
  counts.add(1e6)
  expect(counts.quantile(1)).toBeGreaterThan(100)
})
