import type { RawHeader, RawRecord } from './record-bytes.ts'

/** Numbers from a seed: the same seed, the same records. */
export interface Chance {
  /** From 0 on, below `end`. */
  below(end: number): number
  one<T>(list: readonly T[]): T
  /** True so often of a hundred times. */
  percent(times: number): boolean
}

/** mulberry32 */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (end: number): number => Math.floor(next() * end)
  return { below, one: (list) => list[below(list.length)] as never, percent: (times) => next() * 100 < times }
}

/** A record that may stand in a topic which many write to. */
export function rawRecord(chance: Chance): RawRecord {
  return {
    key: keyOf(chance),
    value: valueOf(chance),
    headers: chance.percent(5) ? undefined : headersOf(chance),
    timestamp: chance.one(TIMESTAMPS),
  }
}

const TIMESTAMPS = [1_700_000_000_000n, 1_700_000_000_000n, 0n, -1n, -1_700_000_000_000n, 2n ** 62n, undefined]
const NO_UTF8 = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0x7b, 0xff, 0x7d], [0xf8, 0x88, 0x80, 0x80, 0x80]]
const KEYS = [
  'saga-1',
  'saga-2',
  'saga-3',
  'é',
  '💥',
  '',
  ' ',
  '\u0000',
  '__proto__',
  'constructor',
  '\uFEFFbom',
  'a/b/0',
]
const NAMES = [
  'idempotency-key',
  'Idempotency-Key',
  'IDEMPOTENCY-KEY',
  'traceparent',
  'TraceParent',
  'x-request-id',
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  '__defineGetter__',
  'length',
  '',
  ' ',
  '\u0000',
  '0',
  '1',
  '-1',
  'é',
  '💥',
  '\uFFFD',
  'a\r\nb',
  'İdempotency-key',
  'ıdempotency-key',
  'dead-letter-reason',
  'dead-letter-why',
  'dead-letter-changed',
  'Dead-Letter-Topic',
  'dead-letter-offset',
]
const VALUES = [
  '',
  'pay-1',
  'pay%20%C3%A9',
  '%',
  '%zz',
  '%00',
  '%ff',
  'null',
  'undefined',
  '\u0000',
  'a\r\nb',
  '💥',
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
]
const BODIES = [
  '',
  'null',
  '[]',
  '{}',
  '0',
  '"paid"',
  'true',
  '{"messageLabel":"paid"}',
  '{"messagePayload":{}}',
  '{"messageLabel":',
  '{"messageLabel":"","messagePayload":{}}',
  '{"messageLabel":1,"messagePayload":{}}',
  '[{"messageLabel":"paid"}]',
  '{"messageLabel":"paid","messagePayload":null}',
  '{"messageLabel":"paid","messagePayload":[]}',
  '\uFEFF{}',
  '{"messageLabel":"paid","messagePayload":{"__proto__":{"a":1},"constructor":{"prototype":1}}}',
  '{"__proto__":{"messageLabel":"paid","messagePayload":{}}}',
  '{"messageLabel":"__proto__","messagePayload":{}}',
  '{"messageLabel":"\\ud800","messagePayload":{"\\udfff":"\\ud800"}}',
  '{"messageLabel":"paid","messagePayload":{"n":1e400,"m":9007199254740993}}',
]

function keyOf(chance: Chance): Buffer | null {
  if (chance.percent(8)) return null
  if (chance.percent(6)) return Buffer.from(chance.one(NO_UTF8))
  if (chance.percent(2)) return Buffer.alloc(1_020 + chance.below(10), 'k')
  return Buffer.from(chance.one(KEYS))
}

function valueOf(chance: Chance): Buffer | null {
  if (chance.percent(8)) return null
  if (chance.percent(8)) return noise(chance)
  if (chance.percent(2)) return Buffer.from('['.repeat(chance.below(2_000)))
  if (chance.percent(3))
    return Buffer.from(`{"messageLabel":"paid","messagePayload":{"x":"${'x'.repeat(chance.below(9_000))}"}}`)
  if (chance.percent(65)) return Buffer.from('{"messageLabel":"paid","messagePayload":{"sum":12}}')
  const body = Buffer.from(chance.one(BODIES))
  if (chance.percent(85) || body.length === 0) return body
  const at = chance.below(body.length)
  body[at] = chance.below(256)
  return body
}

function headersOf(chance: Chance): readonly RawHeader[] {
  if (chance.percent(25)) return []
  const many = chance.percent(0.3) ? 2_000 + chance.below(500) : 1 + chance.below(6)
  return Array.from({ length: many }, () => ({ name: nameOf(chance), value: headerValue(chance) }))
}

function nameOf(chance: Chance): Buffer {
  if (chance.percent(6)) return Buffer.from([...Buffer.from('x-'), ...chance.one(NO_UTF8)])
  if (chance.percent(4)) return noise(chance)
  if (chance.percent(1)) return Buffer.alloc(chance.below(3_000), 'n')
  return Buffer.from(chance.one(NAMES))
}

function headerValue(chance: Chance): Buffer | null {
  if (chance.percent(20)) return null
  if (chance.percent(6)) return Buffer.from(chance.one(NO_UTF8))
  if (chance.percent(4)) return noise(chance)
  if (chance.percent(1)) return Buffer.alloc(chance.below(9_000), 'v')
  return Buffer.from(chance.one(VALUES))
}

function noise(chance: Chance): Buffer {
  return Buffer.from(Array.from({ length: chance.below(24) }, () => chance.below(256)))
}
