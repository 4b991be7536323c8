import { describe, expect, test } from 'vitest'
import { examineConfiguration } from '../../../src/config/examine-configuration.ts'
import { accepted, problemsOf, SOURCES, withValue } from './files.ts'

const PATH = 'machineDefinition.states[0].outgoingTransitions[1].payloadValidationSchema'
const at = (schema: unknown) => withValue(PATH, schema)
const DRAFT_4 = 'http://json-schema.org/draft-04/schema#'

describe('a payload schema that is wrong', () => {
  test.each<readonly [name: string, schema: unknown, path: string, problem: string]>([
    [
      'a type',
      { properties: { x: { type: 'txt' } } },
      '.properties.x.type',
      'found "txt", expected "array", "boolean", "integer", "null", "number", "object" or "string", or a list of these without repeats',
    ],
    [
      'a list for a schema',
      { properties: { x: [] } },
      '.properties.x',
      'found an empty array, expected a schema: an object, true or false',
    ],
    ['a negative length', { minLength: -1 }, '.minLength', 'found -1, expected an integer of at least 0'],
    ['a name twice', { required: ['a', 'a'] }, '.required', 'found an array, expected a list of names without repeats'],
    [
      'no alternatives',
      { items: { anyOf: [] } },
      '.items.anyOf',
      'found an empty array, expected a list of at least one schema',
    ],
    [
      'a pattern that is none',
      { properties: { x: { pattern: '(' } } },
      '.properties.x.pattern',
      'found "(", expected a valid regular expression',
    ],
    [
      'a name pattern that is none',
      { patternProperties: { '[': {} } },
      '.patternProperties["["]',
      'found "[", expected a valid regular expression',
    ],
    ['a step of nothing', { multipleOf: 0 }, '.multipleOf', 'found 0, expected a number greater than 0'],
    ['flags as in draft 4', { exclusiveMinimum: true }, '.exclusiveMinimum', 'found true, expected a number'],
    [
      'a list of items in 2020-12',
      { $schema: 'https://json-schema.org/draft/2020-12/schema', items: [true] },
      '.items',
      'found an array, expected a schema: an object, true or false',
    ],
    [
      'a draft that is unknown',
      { $schema: DRAFT_4 },
      '.$schema',
      'found "http://json-schema.org/draft-04/schema#", expected draft 7, 2019-09 or 2020-12: "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2019-09/schema" or "https://json-schema.org/draft/2020-12/schema"',
    ],
    [
      'a reference to nothing',
      { $ref: '#/definitions/x' },
      '.$ref',
      'found "#/definitions/x", expected a place that is in this schema',
    ],
    [
      'a reference to an address',
      { properties: { x: { $ref: 'http://example.org/x.json' } } },
      '.properties.x.$ref',
      'found "http://example.org/x.json", expected a reference to a part of this schema, such as "#/definitions/name"; no address or file is read',
    ],
    [
      'a reference to a file',
      { $ref: './order.json#/a' },
      '.$ref',
      'found "./order.json#/a", expected a reference to a part of this schema, such as "#/definitions/name"; no address or file is read',
    ],
    [
      'a reference to itself',
      { $ref: '#' },
      '.$ref',
      'found "#", expected a schema that does not lead back to itself before any part of the value',
    ],
    [
      'a circle of references',
      { $ref: '#/definitions/a', definitions: { a: { anyOf: [{ $ref: '#/definitions/a' }, {}] } } },
      '.definitions.a',
      'found an object, expected a schema that does not lead back to itself before any part of the value',
    ],
    [
      'a reference by way of a part that is no schema',
      { $ref: '#/x-parts/a', 'x-parts': { a: { $ref: 'http://example.org/' } } },
      '.x-parts.a.$ref',
      'found "http://example.org/", expected a reference to a part of this schema, such as "#/definitions/name"; no address or file is read',
    ],
  ])('C1.2 %s: a problem with its path', async (_, schema, path, problem) => {
    expect(await problemsOf(at(schema))).toEqual([`${PATH}${path}: ${problem}`])
  })

  test('C1.2 a schema of too many schemas: one problem', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 10_050 }, (_, index) => [`p${index}`, { type: 'string' }]),
    )
    expect(await problemsOf(at({ properties }))).toEqual([
      `${PATH}: found an object, expected at most 10000 schemas in it`,
    ])
  })

  test('C1.2 all problems come at once, with their lines', async () => {
    const text = JSON.stringify(
      at({ minLength: 'x', properties: { a: { type: 1, $ref: 'x' }, b: { $ref: 'x' } } }),
      undefined,
      1,
    )
    const { problems } = await examineConfiguration(text, SOURCES)
    expect(problems.map(({ path }) => path)).toEqual([
      `${PATH}.minLength`,
      `${PATH}.properties.a.type`,
      `${PATH}.properties.a.$ref`,
      `${PATH}.properties.b.$ref`,
    ])
    const lines = text.split('\n')
    expect(problems.map(({ line = 0 }) => lines[line - 1]?.trim())).toEqual([
      '"minLength": "x",',
      '"type": 1,',
      '"$ref": "x"',
      '"$ref": "x"',
    ])
  })
})

describe('a payload schema that is accepted', () => {
  test.each<readonly [name: string, schema: unknown]>([
    ['true', true],
    ['false', false],
    ['an empty one', {}],
    ['draft 6', { $schema: 'http://json-schema.org/draft-06/schema#', const: 1 }],
    [
      'draft 7 with https and without "#"',
      {
        $schema: 'https://json-schema.org/draft-07/schema',
        $id: 'https://example.org/a',
        $ref: '#/definitions/b',
        definitions: { b: {} },
      },
    ],
    [
      '2019-09',
      {
        $schema: 'http://json-schema.org/draft/2019-09/schema#',
        $anchor: 'a',
        properties: { b: { $ref: '#a' } },
        unevaluatedProperties: false,
      },
    ],
    [
      '2020-12',
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        prefixItems: [{ $ref: 'b' }],
        $defs: { x: { $id: 'b' } },
      },
    ],
    ['one that contains itself in its parts', { type: 'object', properties: { children: { items: { $ref: '#' } } } }],
    ['keys of Ajv and of OpenAPI tools', { type: 'string', nullable: true, 'x-order': 1 }],
  ])('C2.1 %s has no finding', async (_, schema) => {
    expect((await accepted(at(schema))).warnings).toEqual([])
  })

  test('C2.1 the machine has the check, and is shown as written', async () => {
    const schema = {
      required: ['toString'],
      properties: JSON.parse('{ "__proto__": { "type": "string" } }') as unknown,
    }
    const { configuration } = await examineConfiguration(JSON.stringify(at(schema)), SOURCES)
    const transition = configuration?.machine.states[0]?.outgoingTransitions?.[1]
    expect(JSON.stringify(transition?.payloadValidationSchema)).toBe(JSON.stringify(schema))
    expect(JSON.stringify(configuration?.machineShown)).toContain(JSON.stringify(schema))
  })
})

describe('a payload schema with findings', () => {
  const SCHEMA = {
    requried: ['a'],
    properties: { a: { format: 'datetime' }, b: { pattern: '^(a+)+$' }, c: { pattern: '^a+$' } },
  }

  test('C2.8 an unknown keyword, an unknown format and a pattern that may backtrack', async () => {
    expect((await accepted(at(SCHEMA))).warnings).toEqual([
      `${PATH}.requried: found "requried", expected a keyword of draft 7; this one has no effect (perhaps "required")`,
      `${PATH}.properties.a.format: found "datetime", expected a known format; this one is not checked (perhaps "date-time")`,
      `${PATH}.properties.b.pattern: found "^(a+)+$", expected a pattern that cannot backtrack; this one refuses texts over 1,000 characters`,
    ])
  })

  test('C2.8 a keyword that draft 7 ignores beside a reference', async () => {
    const definitions = { id: { type: 'string' } }
    const beside = { $ref: '#/definitions/id', title: 'id', minLength: 3 }
    expect((await accepted(at({ definitions, items: beside }))).warnings).toEqual([
      `${PATH}.items.minLength: found "minLength", expected no keyword beside "$ref", which draft 7 ignores: put both into "allOf"`,
    ])
    const later = { $schema: 'https://json-schema.org/draft/2020-12/schema', definitions, items: beside }
    expect((await accepted(at(later))).warnings).toEqual([])
  })

  test('C2.8 the host may prove a pattern linear', async () => {
    const asked: string[] = []
    const judgePattern = async (source: string, flags: string) => {
      asked.push(`${source} ${flags}`)
      return source === '\\d+$'
    }
    const schema = { items: [{ pattern: '\\d+$' }, { pattern: '(a+)+$' }, { pattern: '\\d+$' }, { pattern: '^x' }] }
    const { findings, configuration } = await examineConfiguration(JSON.stringify(at(schema)), SOURCES, {
      judgePattern,
    })
    expect(asked).toEqual(['\\d+$ u', '(a+)+$ u'])
    expect(findings.map(({ code, path }) => [code, path])).toEqual([['pattern.backtracks', `${PATH}.items[1].pattern`]])
    expect([...(configuration?.linearPatterns ?? [])]).toEqual(['\\d+$'])
  })
})
