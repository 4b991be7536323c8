import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linesIn, partAt, partNaming } from '../../../pages/console/views/edit/places.ts'
import { startText } from '../../../pages/console/views/edit/start-text.ts'
import { exactJson } from '../../../pages/console/text/exact-json.ts'
import { examineConfiguration } from '../../../src/config/examine-configuration.ts'
import { redact } from '../../../src/config/redact.ts'
import { exampleFiles } from './example-files.ts'

const KAFKA = {
  brokers: { type: 'env', name: 'BROKERS' },
  inputTopics: ['events'],
  consumerGroup: 'g',
  outputTopics: ['commands'],
  ssl: true,
  sasl: { mechanism: 'plain', username: 'u', password: 'p' },
}
const REST = {
  protocol: 'https',
  endpoint: 'bank.example',
  method: 'POST',
  path: '/pay?api_key=hunter2',
  headers: { authorization: 'hunter2' },
  ssl: { ca: 'hunter2' },
}
const SECRETIVE = {
  machineDefinition: {
    initialState: 'a',
    states: [{ id: 'a', description: '[redacted]', isFinal: false, headers: 1 }],
  },
  communicationProtocols: [
    { id: 'k', type: 'kafka', configurations: KAFKA },
    { id: 'r', type: 'rest', configurations: REST },
  ],
  persistencyManagement: {
    type: 'mongo',
    configurations: { connectionUri: 'mongodb://user:hunter2@mongo/db', collectionName: 'sagas' },
  },
  settings: { unknownKeys: 'ignore' },
}

async function problemsOf(text: string): Promise<readonly string[]> {
  const { problems } = await examineConfiguration(text, { variable: () => undefined })
  return problems.map(({ code, path, found }) => `${code} ${path} ${found}`)
}

describe('the text to begin with', () => {
  test.each(exampleFiles())('C2.6 %s as the service shows it is valid', async (path) => {
    const written = JSON.parse(readFileSync(path, 'utf8')) as unknown
    expect(await problemsOf(startText(redact(written)))).toEqual([])
  })

  test('C2.6 hidden parts are left out or stand as references; the machine is as it was written', async () => {
    const text = startText(redact(SECRETIVE))
    expect(await problemsOf(text)).toEqual([])
    expect(text).not.toMatch(/hunter2|headers": \{|sasl|ssl/)
    const { machineDefinition, persistencyManagement } = JSON.parse(text) as typeof SECRETIVE
    expect(machineDefinition).toEqual(SECRETIVE.machineDefinition)
    expect(persistencyManagement.configurations.connectionUri).toEqual({ type: 'env', name: 'REDACTED' })
  })

  test('C2.5 digits that a double cannot hold stay as they are', () => {
    const written = '{"machineDefinition":{"sum":12345678901234567890},"settings":{"other":12345678901234567890}}'
    expect(startText(exactJson(written)).match(/12345678901234567890/g)).toHaveLength(2)
  })

  test.each([null, [], 'text', undefined])('%j is an empty file', (shown) => {
    expect(startText(shown)).toBe('{}\n')
  })
})

describe('places in a text', () => {
  test('the position of a finding to the end of its line', () => {
    const text = 'one\ntwo three\nfour'
    const shown = (line: number, column: number) => {
      const { start, end } = partAt(text, { line, column })
      return text.slice(start, end)
    }
    expect([shown(1, 1), shown(2, 5), shown(3, 1), shown(2, 99), shown(9, 1)]).toEqual([
      'one',
      'three',
      'four',
      '',
      'four',
    ])
  })

  test('any position lies in the text, and lines are counted', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n') }), fc.nat(20), fc.nat(20), (text, line, column) => {
        const { start, end } = partAt(text, { line: line + 1, column: column + 1 })
        expect([start <= end, end <= text.length, text.slice(start, end).includes('\n')]).toEqual([true, true, false])
        expect(linesIn(text)).toBe(text.split('\n').length)
      }),
    )
  })

  test('the name of a state or an event is found by its key', () => {
    const text = JSON.stringify(
      { states: [{ targetState: 'a', id: 'b' }, { id: 'a"', inputEvent: 'a' }, { id: 'a' }] },
      null,
      2,
    )
    const named = (key: string, name: string) => partNaming(text, { key, name })
    expect(text.split('\n')[(named('id', 'a')?.line ?? 0) - 1]?.trim()).toBe('"id": "a"')
    expect(text.split('\n')[(named('inputEvent', 'a')?.line ?? 0) - 1]?.trim()).toBe('"inputEvent": "a"')
    expect(text.slice(named('id', 'a"')?.start, named('id', 'a"')?.end)).toBe(String.raw`"a\""`)
    expect(named('id', 'c')).toBeUndefined()
  })
})
