import { describe, expect, it } from 'vitest'
import { inspect } from '../../../cli/commands/check/inspect.ts'
import { describeProblem } from '../../../src/config/problem.ts'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { bytesOf, SOURCES } from './files.ts'

const SOUND = `{
  "machineDefinition": {
    "initialState": "a",
    "states": [
      { "id": "a", "isFinal": true }
    ]
  },
  "communicationProtocols": [{ "id": "c", "type": "rest",
\t"configurations": { "protocol": "http", "endpoint": "h", "method": "POST" } }],
  "persistencyManagement": { "type": "memory" }
}
`

async function lines(text: string, isGenerated?: boolean): Promise<readonly string[]> {
  const result = await readConfiguration(text, SOURCES, { isGenerated })
  return result.ok ? result.warnings.map(describeProblem) : result.problems.map(describeProblem)
}

describe('a problem and its position', () => {
  it.each([
    ['a value', '"isFinal": true', '"isFinal": "yes"', 'machineDefinition.states[0].isFinal (5:31): found "yes"'],
    ['a reference', '"initialState": "a"', '"initialState": "x"', 'machineDefinition.initialState (3:21): found "x"'],
    ['a missing key', ', "isFinal": true', '', 'machineDefinition.states[0].isFinal (5:7): found nothing'],
    ['a whole section', '"type": "memory"', '"type": 1', 'persistencyManagement.type (10:38): found 1'],
    ['behind a tab', '"http"', '"ftp"', 'communicationProtocols[0].configurations.protocol (9:34): found "ftp"'],
    [
      'a value of two lines',
      '"POST"',
      '\n"GET"',
      'communicationProtocols[0].configurations.method (10:1): found "GET"',
    ],
    [
      'an unresolved secret',
      '"method"',
      '"headers": { "a": { "type": "env", "name": "NO" } }, "method"',
      'communicationProtocols[0].configurations.headers.a (9:77): found variable "NO", which is not set',
    ],
    [
      'a header',
      '"method"',
      '"headers": { "a b": "c" }, "method"',
      'configurations.headers (9:70): found another name',
    ],
    ['a line break of Windows', '{\n  "machine', '{\r\n  "machine', undefined],
  ])('C1.2 %s', async (_, from, to, problem) => {
    const found = await lines(SOUND.replace(from, to))
    expect(found).toEqual(problem === undefined ? [] : [expect.stringContaining(problem)])
  })

  it('C1.2 a byte order mark and line breaks of any kind are counted as editors do', async () => {
    const text = `\uFEFF${SOUND.replaceAll('\n', '\r\n').replace('true', '1')}`
    expect(await lines(text)).toEqual([expect.stringContaining('isFinal (5:31): found 1')])
    const old = SOUND.replaceAll('\n', '\r').replace('true', '1')
    expect(await lines(old)).toEqual([expect.stringContaining('isFinal (5:31): found 1')])
  })

  it('C1.4 a generated text has no positions', async () => {
    expect(await lines(SOUND.replace('true', '1'), true)).toEqual([
      'machineDefinition.states[0].isFinal: found 1, expected true or false',
    ])
  })
})

describe('a key that is repeated in one object', () => {
  const twice = (from: string, to: string) => lines(SOUND.replace(from, to))

  it.each([
    [
      'at the top',
      '  "persist',
      '  "settings": {}, "settings": {},\n  "persist',
      'settings (10:19): found the key 2 times, at 10:3, 10:19, expected the key once; the last one counts',
    ],
    [
      'in a state',
      '"id": "a"',
      '"id": "b", "id": "a"',
      'machineDefinition.states[0].id (5:20): found the key 2 times, at 5:9, 5:20, expected the key once; the last one counts',
    ],
    [
      'in other letters',
      '"id": "a"',
      String.raw`"\u0069d": "b", "id": "a"`,
      'machineDefinition.states[0].id (5:25): found the key 2 times, at 5:9, 5:25, expected the key once; the last one counts',
    ],
    [
      'three times',
      '"method": "POST"',
      '"method": 1, "method": 2, "method": "POST"',
      'communicationProtocols[0].configurations.method (9:85): found the key 3 times, at 9:59, 9:72, 9:85, expected the key once; the last one counts',
    ],
    [
      'among headers',
      '"method"',
      '"headers": { "a": "1", "a": "2" }, "method"',
      'communicationProtocols[0].configurations.headers.a (9:82): found the key 2 times, at 9:72, 9:82, expected the key once; the last one counts',
    ],
  ])('C2.8 %s is a finding that names every position', async (_, from, to, finding) => {
    expect(await twice(from, to)).toEqual([finding])
  })

  it('C2.8 only the last value, which counts, has problems', async () => {
    expect(await twice('"isFinal": true', '"isFinal": 1, "isFinal": 2')).toEqual([
      'machineDefinition.states[0].isFinal (5:45): found 2, expected true or false',
    ])
  })

  it('C2.5 C2.8 is a warning of check, under --strict a problem', async () => {
    const text = SOUND.replace('"id": "a"', '"id": "b", "id": "a"')
    const lenient = await inspect(bytesOf(text), { strict: false, sources: SOURCES })
    const found = 'the key 2 times, at 5:9, 5:20'
    const report = {
      code: 'key.repeated',
      level: 'warn',
      path: 'machineDefinition.states[0].id',
      found,
      line: 5,
      column: 20,
    }
    expect(lenient).toContainEqual(expect.objectContaining(report))
    const strict = await inspect(bytesOf(text), { strict: true, sources: SOURCES })
    expect(strict).toEqual(lenient.map((one) => ({ ...one, level: 'error' })))
  })

  it('C2.5 an unresolved secret is no problem under --strict either', async () => {
    const text = SOUND.replace('"method"', '"headers": { "a": { "type": "env", "name": "NO" } }, "method"')
    const reports = await inspect(bytesOf(text), { strict: true, sources: SOURCES })
    expect(reports).toContainEqual(expect.objectContaining({ code: 'secret.unresolved', level: 'warn' }))
  })
})
