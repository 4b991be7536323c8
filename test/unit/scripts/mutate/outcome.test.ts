import { mkdtempSync, appendFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hashOf } from '../../../../scripts/mutate/mutant.ts'
import { judge } from '../../../../scripts/mutate/outcome.ts'
import { clear, readVerdicts, record } from '../../../../scripts/mutate/verdicts.ts'
import type { Verdict } from '../../../../scripts/mutate/verdicts.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-verdicts-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TEXTS: Readonly<Record<string, string>> = { 'a.test.ts': 'a', 'b.test.ts': 'b' }
const textOf = (testFile: string) => TEXTS[testFile]

function file(testFile: string, tested: string[], loaded: string[]): Verdict {
  return { kind: 'file', testFile, hash: hashOf(TEXTS[testFile] ?? ''), tested, loaded }
}

function kill(mutant: string, kind: 'killed' | 'endless' = 'killed', testFile = 'a.test.ts'): Verdict {
  return { kind, mutant, testFile, hash: hashOf(TEXTS[testFile] ?? ''), test: 'of a' }
}

test('of all test files the one that noticed a mutant counts, then one that ran it, then one that loaded it', () => {
  const mutants = ['k', 'e', 's', 'l', 'n'].map((key) => ({ ...PLACE, key }))
  const verdicts = [
    kill('k'),
    kill('e', 'endless'),
    file('a.test.ts', ['k', 'e', 's'], ['l']),
    file('b.test.ts', ['k'], ['s']),
  ]
  const outcomes = ['killed', 'endless', 'survived', 'at load', 'not covered']
  expect(judge(mutants, verdicts).map(({ outcome }) => outcome)).toEqual(outcomes)
  expect(judge(mutants, verdicts.toReversed()).map(({ outcome }) => outcome)).toEqual(outcomes)
})

test('verdicts are read as they were recorded, until they are cleared', () => {
  const path = join(folder, 'new', 'results.jsonl')
  const verdicts = [kill('k'), file('b.test.ts', ['k'], [])]
  expect(readVerdicts(path, textOf)).toEqual([])
  clear(path)
  for (const one of verdicts) record(path, one)
  expect(readVerdicts(path, textOf)).toEqual(verdicts)
  clear(path)
  expect(readVerdicts(path, textOf)).toEqual([])
})

test('verdicts of a test file that has changed or is gone, and a line that was cut off, do not count', () => {
  const path = join(folder, 'results.jsonl')
  clear(path)
  const good = file('a.test.ts', ['k'], [])
  for (const one of [good, { ...kill('k'), hash: hashOf('before') }, kill('k', 'killed', 'gone.test.ts')])
    record(path, one)
  appendFileSync(path, JSON.stringify(kill('k')).slice(0, 30))
  expect(readVerdicts(path, textOf)).toEqual([good])
})

const PLACE = { file: 'src/engine/a.ts', line: 1, column: 1, context: 'a', original: 'a', mutated: '' }
