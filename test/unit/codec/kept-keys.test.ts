import { expect, test } from 'vitest'
import { decodeHistory, encodeHistoryRow } from '../../../src/codec/history-row.ts'
import { encodeKeys } from '../../../src/codec/kept-keys.ts'
import { encodeEntry } from '../../../src/codec/history-entry.ts'
import type { HistoryStep } from '../../../src/codec/history-entry.ts'

const STEP: HistoryStep = {
  at: 1_796_000_000_000,
  event: { id: 'e', label: 'paid' },
  state: { id: 'done', isFinal: true },
  machine: 'm',
}

function throughRow(step: HistoryStep): object | undefined {
  return decodeHistory([{ event: 'e', label: 'paid', passage: encodeHistoryRow(step) }])[0]?.event
}

const MANY = Array.from({ length: 30 }, (_, n) => `key-${n}`)

test.each<readonly [name: string, part: Partial<HistoryStep>, shown: object]>([
  ['none', {}, {}],
  ['some', { changed: ['a', 'ü"'] }, { changed: ['a', 'ü"'] }],
  ['some beside a cause', { changed: ['a'], by: { operation: 'o' } }, { changed: ['a'], operation: 'o' }],
  ['many: the first twenty, and their number', { changed: MANY }, { changed: MANY.slice(0, 20), changedCount: 30 }],
  ['twenty: all of them', { changed: MANY.slice(0, 20) }, { changed: MANY.slice(0, 20) }],
  ['one of 100 characters', { changed: ['k'.repeat(100)] }, { changed: ['k'.repeat(100)] }],
  ['a long one is counted', { changed: ['k'.repeat(101), 'a'] }, { changed: ['a'], changedCount: 2 }],
])('C5 changed keys are the same in a row and in a document: %s', (_, part, shown) => {
  const step = { ...STEP, ...part }
  const { changed, changedCount, operation } = encodeEntry(step, '').event
  const entry = Object.fromEntries(
    Object.entries({ changed, changedCount, operation }).filter(([, value]) => value !== undefined),
  )
  expect(entry).toEqual(shown)
  expect(throughRow(step)).toEqual(encodeEntry(step, '').event)
})

test('C5 a step without changed keys has the row of earlier versions, and theirs are read', () => {
  expect(encodeHistoryRow(STEP)).toBe('[1796000000000,"done",1,"m"]')
  const passage = '[1796000000000,"done",1,"m",null,null,{"operation":"o"}]'
  expect(encodeHistoryRow({ ...STEP, by: { operation: 'o' } })).toBe(passage)
  expect(decodeHistory([{ event: 'e', label: 'paid', passage }])[0]?.event).not.toHaveProperty('changed')
})

test('C5 the keys of a row are texts, with their number only where some are left out', () => {
  expect([encodeKeys({}), encodeKeys({ changed: ['a'] })]).toEqual([[], ['a']])
  expect(encodeKeys({ changed: MANY })).toEqual([...MANY.slice(0, 20), 30])
})
