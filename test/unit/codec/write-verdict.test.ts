import { describe, expect, test } from 'vitest'
import { writeVerdict } from '../../../src/codec/write-verdict.ts'
import type { Condition, StoredWrites } from '../../../src/codec/write-verdict.ts'

const CHANGE = { writeId: 'own' }
const verdict = (condition: Condition, stored?: StoredWrites) => writeVerdict(CHANGE, condition, stored)

describe('why a change was not written', () => {
  test('P2 where no saga is stored, a creation may be written and every other change conflicts', () => {
    expect(verdict('absent')).toBeUndefined()
    expect([verdict('current'), verdict('outdated')]).toEqual(['conflict', 'conflict'])
  })

  test('P6 the newest write is this very change: saved, whatever it was conditional on', () => {
    for (const condition of ['absent', 'current', 'outdated'] as const) {
      expect(verdict(condition, { newest: 'own', event: 'own' })).toBe('saved')
    }
  })

  test('I4 the event is in the history: a duplicate, by whichever write', () => {
    for (const event of ['own', 'other', null]) {
      expect(verdict('outdated', { newest: 'other', event })).toBe('duplicate')
      expect(verdict('current', { newest: 'other', event })).toBe('duplicate')
    }
  })

  test('P8 a creation that another write made first conflicts; one that landed and was followed is a duplicate', () => {
    expect(verdict('absent', { newest: 'other', event: 'other' })).toBe('conflict')
    expect(verdict('absent', { newest: 'other', event: null })).toBe('conflict')
    expect(verdict('absent', { newest: 'other', event: 'own' })).toBe('duplicate')
    expect(verdict('absent', { newest: 'other' })).toBe('conflict')
  })

  test('P2 a change without its event in the history is written on a current basis and conflicts on an outdated one', () => {
    expect(verdict('current', { newest: 'other' })).toBeUndefined()
    expect(verdict('current', { newest: null })).toBeUndefined()
    expect(verdict('outdated', { newest: 'other' })).toBe('conflict')
  })
})
