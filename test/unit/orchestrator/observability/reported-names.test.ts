import { describe, expect, test } from 'vitest'
import { largestCounts } from '../../../../src/orchestrator/observability/largest-counts.ts'
import { reportUnreadableOnce } from '../../../../src/orchestrator/observability/unreadable-sagas.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

describe('C7 counts by name in a line of the log', () => {
  test('C7 the largest come first, those of one size by their names', () => {
    const counts = new Map([
      ['b', 2],
      ['c', 9],
      ['a', 2],
      ['d', 1],
    ])
    expect(Object.entries(largestCounts(counts))).toEqual([
      ['c', 9],
      ['a', 2],
      ['b', 2],
      ['d', 1],
    ])
    expect(Object.keys(largestCounts(new Map([...counts].toReversed())))).toEqual(['c', 'a', 'b', 'd'])
    expect(largestCounts(new Map())).toEqual({})
  })

  test('C7 beyond twenty names the others have one count together', () => {
    const names = Array.from({ length: 23 }, (_, at): [string, number] => [`n${at + 10}`, at + 1])
    const largest = largestCounts(new Map(names))
    expect(Object.keys(largest)).toHaveLength(21)
    expect([largest['n32'], largest['n13'], largest['n12']]).toEqual([23, 4, undefined])
    expect(largest['others']).toBe(1 + 2 + 3)
    expect(largestCounts(new Map(names.slice(0, 20)))).not.toHaveProperty('others')
  })
})

describe('P20 a saga that cannot be read', () => {
  function scene() {
    const [{ log, logged }, metrics] = [simulatedRuntime(), fakeMetrics()]
    return { report: reportUnreadableOnce(log, metrics), logged, metrics }
  }

  test('P20 it is logged and counted once, with a bounded id', () => {
    const { report, logged, metrics } = scene()
    for (const id of ['s1', 's1', 's2', 's1', 'x'.repeat(300)]) report(id, 'no JSON')
    expect(logged.map(({ code, fields }) => [code, fields?.['saga'], fields?.['why']])).toEqual(
      ['s1', 's2', 'x'.repeat(200)].map((id) => ['saga.unreadable', id, 'no JSON']),
    )
    expect(metrics.times('count saga-unreadable')).toBe(3)
  })

  test('P20 a thousand are remembered; beyond that the oldest is logged again', () => {
    const { report, logged } = scene()
    for (let at = 0; at < 1_000; at++) report(`s${at}`, 'no JSON')
    report('s0', 'no JSON')
    expect(logged).toHaveLength(1_000)
    report('new', 'no JSON')
    report('s1', 'no JSON')
    expect(logged).toHaveLength(1_001)
    report('s0', 'no JSON')
    expect(logged).toHaveLength(1_002)
  })
})
