import type { Chance } from './chance.ts'
import type { RawHeader, RawRecord } from './record-bytes.ts'

/** True `times` of a hundred times; `times` has one decimal at most. */
export function percent(chance: Chance, times: number): boolean {
  return chance.upTo(1_000) < times * 10
}

/** A record of any producer. */
export function rawRecord(chance: Chance): RawRecord {
  return {
    key: keyOf(chance),
    value: valueOf(chance),
    headers: percent(chance, 5) ? undefined : headersOf(chance),
    timestamp: chance.pick(TIMESTAMPS),
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
  if (percent(chance, 8)) return null
  if (percent(chance, 6)) return Buffer.from(chance.pick(NO_UTF8))
  if (percent(chance, 2)) return Buffer.alloc(1_020 + chance.upTo(10), 'k')
  return Buffer.from(chance.pick(KEYS))
}

function valueOf(chance: Chance): Buffer | null {
  if (percent(chance, 8)) return null
  if (percent(chance, 8)) return noise(chance)
  if (percent(chance, 2)) return Buffer.from('['.repeat(chance.upTo(2_000)))
  if (percent(chance, 3))
    return Buffer.from(`{"messageLabel":"paid","messagePayload":{"x":"${'x'.repeat(chance.upTo(9_000))}"}}`)
  if (percent(chance, 65)) return Buffer.from('{"messageLabel":"paid","messagePayload":{"sum":12}}')
  const body = Buffer.from(chance.pick(BODIES))
  if (percent(chance, 85) || body.length === 0) return body
  const at = chance.upTo(body.length)
  body[at] = chance.upTo(256)
  return body
}

function headersOf(chance: Chance): readonly RawHeader[] {
  if (percent(chance, 25)) return []
  const many = percent(chance, 0.3) ? 2_000 + chance.upTo(500) : 1 + chance.upTo(6)
  return Array.from({ length: many }, () => ({ name: nameOf(chance), value: headerValue(chance) }))
}

function nameOf(chance: Chance): Buffer {
  if (percent(chance, 6)) return Buffer.from([...Buffer.from('x-'), ...chance.pick(NO_UTF8)])
  if (percent(chance, 4)) return noise(chance)
  if (percent(chance, 1)) return Buffer.alloc(chance.upTo(3_000), 'n')
  return Buffer.from(chance.pick(NAMES))
}

function headerValue(chance: Chance): Buffer | null {
  if (percent(chance, 20)) return null
  if (percent(chance, 6)) return Buffer.from(chance.pick(NO_UTF8))
  if (percent(chance, 4)) return noise(chance)
  if (percent(chance, 1)) return Buffer.alloc(chance.upTo(9_000), 'v')
  return Buffer.from(chance.pick(VALUES))
}

function noise(chance: Chance): Buffer {
  return Buffer.from(Array.from({ length: chance.upTo(24) }, () => chance.upTo(256)))
}
