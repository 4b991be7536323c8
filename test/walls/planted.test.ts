import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LINTED, type Planted, SCANNED, TYPED, UNREFERENCED } from './planted.ts'
import { scan } from './scan.ts'
import { type Refusal, lint, ROOT, types } from './tools.ts'

const COPIED = [
  'src',
  'adapters',
  'workers',
  'cli',
  'testing',
  'scripts',
  'package.json',
  'tsconfig.base.json',
  '.oxlintrc.json',
]

/** A copy of the tree for each kind of mistake, since one mistake can hide another from tsc. Each tool runs once. */
const forLint = mkdtempSync(join(tmpdir(), 'batuta-walls-'))
const forReferences = mkdtempSync(join(tmpdir(), 'batuta-walls-'))
const forTypes = mkdtempSync(join(tmpdir(), 'batuta-walls-'))
const COPIES = [forLint, forReferences, forTypes]
const places = new Map<Planted, string>()
let found: readonly Refusal[] = []

beforeAll(async () => {
  for (const copy of COPIES) copyTree(copy)
  for (const planted of [...LINTED, ...SCANNED]) plant(planted, forLint)
  for (const planted of UNREFERENCED) plant(planted, forReferences)
  for (const planted of TYPED) plant(planted, forTypes)
  const refusals = await Promise.all([
    lint(forLint, 'src', 'adapters', 'workers', 'cli', 'testing'),
    types(forReferences, 'src', 'adapters'),
    types(forTypes, 'src', 'adapters', 'testing/simulation', 'testing/properties', 'testing/explore'),
  ])
  found = [...refusals.flat(), ...scan(forLint)]
})

afterAll(() => {
  for (const copy of COPIES) rmSync(copy, { recursive: true, force: true })
})

describe('each wall refuses what is planted against it', () => {
  test.each(LINTED)('lint: $wall', (planted) => expect(rulesAgainst(planted, /\(/)).toEqual([planted.rule]))
  test.each(SCANNED)('text: $wall', (planted) => expect(rulesAgainst(planted, /^[a-z]+$/)).toEqual([planted.rule]))
  test.each(UNREFERENCED)('types: $wall', (planted) => expect(rulesAgainst(planted, /^TS/)).toEqual([planted.rule]))
  test.each(TYPED)('types: $wall', (planted) => expect(rulesAgainst(planted, /^TS/)).toEqual([planted.rule]))
})

function copyTree(copy: string): void {
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
}

function plant(planted: Planted, copy: string): void {
  const place = planted.at.endsWith('.ts') ? planted.at : join(planted.at, `planted-${places.size}.ts`)
  const file = join(copy, place)
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, planted.code.replace('SELF', basename(file)))
  places.set(planted, place)
}

function rulesAgainst(planted: Planted, kind: RegExp): string[] {
  const against = found.filter(({ file, rule }) => file === places.get(planted) && kind.test(rule))
  return [...new Set(against.map(({ rule }) => rule))]
}
