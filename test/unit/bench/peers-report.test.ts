import { describe, expect, test } from 'vitest'
import type { PeerName } from '../../../bench/peers/names.ts'
import { peersDisturbance, peersReach, peersTable } from '../../../bench/peers/report.ts'
import type { PeerFigures, PeerResults } from '../../../bench/peers/report.ts'
import { enginesText } from '../../../bench/peers/engine/report.ts'

/** A round with these sagas a second and this p99 at each concurrency. */
function round(rate: number, p99: number, microseconds = 2_500): readonly PeerFigures[] {
  return [1, 16, 64].map((atOnce) => ({
    atOnce,
    rate: rate * atOnce,
    p50: p99 / 2,
    p99,
    microseconds,
    busy: { service: 0.5, driver: 0.25, others: 0.125 },
    resident: 100,
  }))
}

function cellsOf(table: string, start: string): readonly string[] {
  const found = table.split('\n').find((line) => line.trim().startsWith(start)) ?? ''
  return found.trim().split(/\s{2,}/)
}

describe('the table of peers', () => {
  const results: PeerResults = new Map<PeerName, readonly (readonly PeerFigures[])[]>([
    ['batuta', [round(8, 10), round(12, 20), round(100, 30)]],
    ['restate-1', [round(1, 100), round(2, 100), round(10, 100)]],
  ])

  test('a line for each concurrency and each peer that was measured, with medians', () => {
    const table = peersTable(results)
    expect(table.split('\n')).toHaveLength(1 + 3 * 2)
    expect(cellsOf(table, '64  Batuta')).toEqual([
      '64',
      'Batuta, SQLite',
      '768',
      '10.0',
      '20.0',
      '2.50',
      '100',
      '0.50',
      '0.25',
      '0.13',
    ])
  })

  test('× is the median of the ratios of each round, not the ratio of the medians', () => {
    // Ratios 8, 6 and 10; the ratio of the medians would be 6.
    expect(cellsOf(peersTable(results), '16  Restate').slice(0, 4)).toEqual([
      '16',
      'Restate, one partition',
      '32',
      '8.00',
    ])
  })

  test('× of the processor time is what the peer spends for a saga, to what this project spends', () => {
    const dear = new Map(results).set('restate-1', [round(1, 1, 5_000), round(1, 1, 10_000), round(1, 1, 7_500)])
    expect(cellsOf(peersTable(dear), '1  Restate').slice(6, 8)).toEqual(['7.50', '3.00'])
  })

  test('the goals are judged at 64 at once', () => {
    expect(peersReach(results)).toContain(
      'yes  6 times the sagas a second of Restate with one partition, 64 at once: 8.0',
    )
    expect(peersReach(results)).toContain('yes  a fifth of its p99: 1/5.0')
    const slow = new Map(results).set('batuta', [round(5, 30)]).set('restate-1', [round(1, 100)])
    expect(peersReach(slow)).toMatch(/NO {3}6 times .*: 5\.0\n {2}NO {3}a fifth of its p99: 1\/3\.3/)
  })

  test('without Restate there is nothing to judge', () => {
    expect(peersReach(new Map([['batuta', [round(1, 1)]]]))).toBe('')
  })

  test('a peer that ended no saga in its window has no figure', () => {
    const stuck = round(0, Number.NaN)
    const table = peersTable(new Map(results).set('restate-1', [stuck, stuck, stuck]))
    expect(cellsOf(table, '1  Restate').slice(2, 6)).toEqual(['0', '–', '–', '–'])
  })

  test('the disturbance is the median of the cores that others kept busy', () => {
    expect(peersDisturbance(results)).toBe(0.125)
  })
})

describe('the table of engines', () => {
  test('the median of the ratios of each round, judged by 10', () => {
    const text = enginesText(
      new Map([
        ['batuta', [1_000_000, 1_000_000, 2_000_000]],
        ['xstate5', [50_000, 10_000, 100_000]],
        ['xstate6', [200_000, 200_000, 200_000]],
        ['xstate6-fsm', [2_000_000, 2_000_000, 4_000_000]],
      ]),
    )
    expect(text).toMatch(/Batuta: decide \+ evolve +1,000,000/)
    expect(text).toMatch(/XState 5\S+: transition +50,000 +20\.0/)
    expect(text).toMatch(/yes {2}10 times XState 5\S+: transition: 20\.0/)
    expect(text).toMatch(/NO {3}10 times XState 6\S+: transition: 5\.0/)
    expect(text).toMatch(/XState 6\S+: xstate\/fsm +2,000,000 +0\.5/) // no goal: it does less
    expect(text).not.toMatch(/10 times .*fsm/)
  })

  test('an engine that was not measured has no line', () => {
    expect(enginesText(new Map([['batuta', [1]]]))).not.toContain('transition:')
  })
})
