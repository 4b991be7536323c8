import { describe, expect, test } from 'vitest'
import { compileSchema } from '../../../src/json-schema/compile-schema.ts'
import type { Draft } from '../../../src/json-schema/draft.ts'
import { ofDraft, officialTests, type TestGroup } from './official.ts'

interface Tally {
  right: number
  /** Tests of schemas that need a second document, which is never read. */
  refused: number
  readonly wrong: string[]
}

function tally(groups: readonly TestGroup[], draft: Draft): Tally {
  const counts: Tally = { right: 0, refused: 0, wrong: [] }
  for (const { file, description, schema, tests } of groups) {
    const compilation = compileSchema(ofDraft(schema, draft))
    if (!compilation.ok) {
      const keywords = compilation.problems.map(({ path }) => path.at(-1))
      if (keywords.some((keyword) => !['$ref', '$dynamicRef', '$schema'].includes(String(keyword))))
        counts.wrong.push(`${file}: ${description}`)
      counts.refused += tests.length
      continue
    }
    for (const one of tests) {
      const isRight = (compilation.check(one.data) === undefined) === one.valid
      if (isRight) counts.right += 1
      else counts.wrong.push(`${file}: ${description}: ${one.description}`)
    }
  }
  return counts
}

describe('C2.1 the official tests of JSON Schema', () => {
  test('C2.1 draft 7: every required test, save those of other documents', () => {
    expect(tally(officialTests('draft7'), '7')).toEqual({ right: 900, refused: 27, wrong: [] })
  })

  test('C2.1 draft 2019-09: every required test, save those of other documents', () => {
    expect(tally(officialTests('draft2019-09'), '2019-09')).toEqual({ right: 1_219, refused: 40, wrong: [] })
  })

  test('C2.1 draft 2020-12: formats are checked, where the draft takes them for remarks', () => {
    const { right, refused, wrong } = tally(officialTests('draft2020-12'), '2020-12')
    const others = wrong.filter((name) => !name.startsWith('format.json: '))
    expect({ right, refused, formats: wrong.length - others.length, others }).toEqual({
      right: 1_327,
      refused: 53,
      formats: 15,
      others: [],
    })
  })

  test('C2.1 formats: hosts of ajv-formats may end with a dot, and its A-labels are not decoded', () => {
    const { right, wrong } = tally(officialTests('format'), '2020-12')
    const others = wrong.filter((name) => !name.startsWith('format/hostname.json: '))
    expect({ right, hosts: wrong.length - others.length, others }).toEqual({
      right: 575,
      hosts: 24,
      others: ['format/uuid.json: uuid format: URN prefixed UUID is invalid'],
    })
  })
})
