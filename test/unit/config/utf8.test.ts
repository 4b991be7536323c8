import { describe, expect, it } from 'vitest'
import { inspect } from '../../../cli/commands/check/inspect.ts'
import { describeProblem } from '../../../src/config/problem.ts'
import { resolveReference, Secret } from '../../../src/config/secret.ts'
import { decodeUtf8 } from '../../../src/config/utf8.ts'
import { startService } from '../../../src/start.ts'
import type { Host } from '../../../src/service.ts'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { bytesOf, SOURCES } from './files.ts'

const TEXT = `{
  "machineDefinition": { "initialState": "città", "states": [{ "id": "città", "isFinal": true }] },
  "communicationProtocols": [],
  "persistencyManagement": { "type": "memory" }
}`

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))
function wide(text: string, width: 2 | 4, isLittle: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * width))
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (width === 2) view.setUint16(index * 2, code, isLittle)
    else view.setUint32(index * 4, code, isLittle)
  }
  return new Uint8Array(view.buffer)
}
function cut(text: string, ...bytes: readonly number[]): Uint8Array {
  const start = bytesOf(text)
  const all = new Uint8Array(start.length + bytes.length)
  all.set(start)
  all.set(bytes, start.length)
  return all
}

const FILES: readonly (readonly [name: string, bytes: Uint8Array, problem: string])[] = [
  ['Latin-1', latin1(TEXT), ' (2:47): found a byte at offset 48 that is no UTF-8, as in Latin-1 or Windows-1252'],
  ['UTF-16 with a mark', wide(`\uFEFF${TEXT}`, 2, true), ': found a text in UTF-16'],
  ['UTF-16 with a mark, the other way', wide(`\uFEFF${TEXT}`, 2, false), ': found a text in UTF-16'],
  ['UTF-16 without a mark', wide(TEXT, 2, true), ': found a text in UTF-16, without a mark'],
  ['UTF-16 without a mark, the other way', wide(TEXT, 2, false), ': found a text in UTF-16, without a mark'],
  ['UTF-32', wide(`\uFEFF${TEXT}`, 4, true), ': found a text in UTF-32'],
  ['UTF-32 without a mark', wide(TEXT, 4, false), ': found a text in UTF-32, without a mark'],
  [
    'UTF-8 that is cut',
    cut('{"a":"à', 0xe2, 0x82),
    ' (1:8): found a byte at offset 8 that is no UTF-8, among others that are',
  ],
  [
    'UTF-8 with a stray byte',
    cut('{"a":"à\n', 0x80, 0x22),
    ' (2:1): found a byte at offset 9 that is no UTF-8, among others that are',
  ],
  [
    'a surrogate in UTF-8',
    cut('{"a":"', 0xed, 0xa0, 0x80, 0x22),
    ' (1:7): found a byte at offset 6 that is no UTF-8, among others that are',
  ],
]

describe('a file that is no UTF-8', () => {
  it.each(FILES)('C1.2 in %s is refused', async (_, bytes, problem) => {
    const reports = await inspect(bytes, { strict: false, sources: SOURCES })
    expect(reports.map(describeProblem)).toEqual([`configuration${problem}, expected a text in UTF-8`])
  })

  it.each(FILES)('C2.6 that is a secret, in %s, is refused', async (_, bytes, problem) => {
    const found = await resolveReference({ type: 'file', path: '/a' }, { ...SOURCES, readFile: async () => bytes })
    expect(found).toEqual({
      found: `file "/a" with ${problem.replace(/.*found /, '')}`,
      expected: 'a text in UTF-8',
    })
  })

  it('C2 with a mark in UTF-8 is read as if it had none', () => {
    expect(decodeUtf8(bytesOf(`\uFEFF${TEXT}`))).toEqual({ ok: true, text: TEXT })
    expect(decodeUtf8(new Uint8Array())).toEqual({ ok: true, text: '' })
  })

  it('C2.6 so is a variable whose bytes were none', async () => {
    const found = await resolveReference({ type: 'env', name: 'A' }, { variable: () => 'hunter\uFFFD' })
    expect(found).not.toBeInstanceOf(Secret)
    expect(JSON.stringify(found)).not.toContain('hunter')
  })

  it('C2 megabytes are looked through at once', () => {
    expect(decodeUtf8(latin1(`${'x'.repeat(2_000_000)}è `))).toMatchObject({ column: 2_000_001 })
  })
})

describe('a start', () => {
  const host = (variables: Host['variables'], file?: Uint8Array): Host => ({
    variables,
    ...(file && { readFile: async () => file }),
    runtime: () => simulatedRuntime(),
    metrics: fakeMetrics(),
    channels: {},
    persistencies: { memory: () => memoryPersistency() },
    embedded: { type: 'memory', configurations: {} },
  })

  it('C1.2 from a file in Latin-1 is refused', async () => {
    const starting = startService(host({ CONFIGURATIONS_FILE_PATH: '/saga.json' }, latin1(TEXT)))
    await expect(starting).rejects.toThrow('configuration (2:47): found a byte at offset 48 that is no UTF-8')
  })

  it('C1.2 from a variable whose bytes were none is refused', async () => {
    const broken = TEXT.replaceAll('à', '\uFFFD')
    const starting = startService(host({ CONFIGURATION: broken }, latin1('')))
    await expect(starting).rejects.toThrow(
      'CONFIGURATION (2:47): found U+FFFD, which stands for bytes that are no UTF-8',
    )
  })

  it('C2.8 from a file that holds U+FFFD goes on: it is one character', async () => {
    const broken = bytesOf(TEXT.replaceAll('à', '\uFFFD'))
    const reports = await inspect(broken, { strict: false, sources: SOURCES })
    expect(reports.map(({ level }) => level)).not.toContain('error')
    expect(reports.map(describeProblem)).toContain(
      'configuration (2:47): found U+FFFD, which replaces a lost character, expected the original character',
    )
  })
})
