import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  actionFingerprintOf,
  fingerprintOf,
  formerFingerprintOf,
  freshId,
  idFromKey,
  word,
  writeIds,
} from '../../../src/orchestrator/ids.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

/** Half of the SHA-256 of a text. */
function half(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** A host whose chance is always the same. */
function fixed(chance: number): Runtime {
  return Object.assign(simulatedRuntime(), { random: () => chance })
}

describe('P8 ids and fingerprints that stores keep', () => {
  test('P8 the id of a key is the same in every version', () => {
    expect(idFromKey('order-17')).toBe(half('saga/order-17'))
  })

  test('P8 a fingerprint does not see the order of keys; that of earlier versions does', () => {
    expect(fingerprintOf('e', { b: 1, a: 2 })).toBe(`2:${half('["e",{"a":2,"b":1}]')}`)
    expect(fingerprintOf('e', { a: 2, b: 1 })).toBe(fingerprintOf('e', { b: 1, a: 2 }))
    expect(formerFingerprintOf('e', { b: 1, a: 2 })).toBe(half('["e",{"b":1,"a":2}]'))
  })

  test('P25 the fingerprint of an action has sixteen digits, and does not see absent arguments', () => {
    const expected = half('{"channel":"bank","kind":"redeliver"}').slice(0, 16)
    expect(actionFingerprintOf({ kind: 'redeliver', channel: 'bank', cancelled: undefined })).toBe(expected)
  })
})

describe('ids of a process', () => {
  test('C4.1 a fresh id has the instant, and chance in all of its other bytes', () => {
    const runtime = fixed(0x12_34_56_78 / 2 ** 32)
    const id = freshId(runtime)
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(runtime.wallClock())
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(id.slice(-8)).toBe('78563412')
  })

  test('P6 a word has ten letters and digits, whatever the chance', () => {
    expect(word(fixed(0))).toBe('0000000000')
    expect(word(fixed(1 - 2 ** -53))).toBe((2 ** 48 - 1).toString(36).padStart(10, '0'))
  })

  test('P6 write ids of one writer are a row, those of another one are others', () => {
    const runtime = simulatedRuntime()
    const [one, other] = [writeIds(runtime), writeIds(runtime)]
    const ids = Array.from({ length: 37 }, one)
    const writer = ids[0]?.split('.')[0] ?? ''
    expect(writer).toMatch(/^[\da-z]{20}$/)
    expect([ids[0], ids[1], ids[36]]).toEqual([`${writer}.0`, `${writer}.1`, `${writer}.10`])
    expect(other()).not.toBe(ids[0])
  })
})
