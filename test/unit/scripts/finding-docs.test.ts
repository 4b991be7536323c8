import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { findingDocs } from '../../../scripts/finding-docs.ts'
import { exampleFile } from '../../../scripts/finding-docs/example-file.ts'
import { EXAMPLES } from '../../../scripts/finding-docs/examples.ts'
import { showExample } from '../../../scripts/finding-docs/show-example.ts'
import { FINDINGS } from '../../../src/config/finding.ts'
import { INSPECTIONS } from '../../../src/config/inspection-codes.ts'
import { PROBLEMS } from '../../../src/config/problem-codes.ts'

const KINDS = { ...INSPECTIONS, ...FINDINGS, ...PROBLEMS }

test('C2.8 docs/FINDINGS.md is what `npm run docs:findings` writes: every code with its example and its mend', async () => {
  expect(await readFile(new URL('../../../docs/FINDINGS.md', import.meta.url), 'utf8')).toBe(await findingDocs())
})

test('C2.8 the file of the examples has no report of its own', async () => {
  expect(exampleFile()).not.toEqual({})
  expect((await showExample({ set: {} })).reported).toEqual([])
})

test.each(Object.entries(EXAMPLES))('C2.8 the example of %s makes it', async (code, example) => {
  const { reported } = await showExample(example)
  if ('situation' in example) expect(example.situation).toMatch(/\.$/)
  else expect(reported.map((one) => one.code)).toContain(code)
})

test('C2.8 every code is that of one kind, with one sentence why and one sentence how to mend it', () => {
  const counts = [INSPECTIONS, FINDINGS, PROBLEMS].map((table) => Object.keys(table).length)
  expect(Object.keys(KINDS)).toHaveLength(counts.reduce((sum, count) => sum + count))
  for (const [code, { why, mend }] of Object.entries(KINDS)) {
    expect([code, why, mend]).toEqual([
      expect.stringMatching(/^[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*$/),
      expect.stringMatching(/^[A-Z].*\.$/),
      expect.stringMatching(/^[A-Z].*\.$/),
    ])
  }
})
