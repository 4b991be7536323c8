import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripTypeScriptTypes } from 'node:module'
import { expect, test } from 'vitest'
import { instrument } from '../../../../scripts/mutate/instrument.ts'

/** Original and mutated texts of the mutants of a source. */
async function mutantsOf(source: string): Promise<readonly string[]> {
  const { mutants } = await instrumented(source)
  return mutants.map(({ original, mutated }) => `${original} → ${mutated}`)
}

async function instrumented(source: string) {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-mutants-'))
  try {
    const path = join(folder, 'source.ts')
    writeFileSync(path, source)
    const { mutants, sources } = await instrument([path])
    return { mutants: [...mutants.values()], numbers: [...mutants.keys()], text: sources.get(path) ?? '' }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test.each<[source: string, mutants: string[]]>([
  ['export const a = (b: number) => b < 3', ['b < 3 → true', 'b < 3 → false', 'b < 3 → b <= 3', 'b < 3 → b >= 3']],
  ['export const a = (b: number) => b + 1', ['b + 1 → b - 1']],
  ['export const a = (b: boolean) => !b', ['!b → b']],
  ['export const a = (b?: string) => b ?? c', ['b ?? c → b && c']],
  ['export const a = (b?: B) => b?.c', ['b?.c → b.c']],
  ['export const a = (b: B[]) => b.slice(1)', ['b.slice(1) → b']],
  ['export const a = (b: B[]) => b.some(c)', ['b.some(c) → b.every(c)']],
])('operators: %s', async (source, expected) => {
  expect(await mutantsOf(source)).toEqual(expect.arrayContaining(expected))
})

test('a block and a statement go', async () => {
  expect(await mutantsOf('export function a() { leave() }')).toEqual(['{ leave() } → {}', 'leave() → ;'])
})

test.each([
  "export type A = 'one' | 'two' | { readonly b: 'three' }",
  "export interface A { readonly b?: 'one' }",
  "import { a } from './a.ts'\nexport type { B } from 'b'",
  "declare const a: Record<'one', 1>",
])('no type and no import is changed: %s', async (source) => {
  expect(await mutantsOf(source)).toEqual([])
})

test('one text holds all mutants, each behind its number: the unchanged code runs by default', async () => {
  const { text, mutants, numbers } = await instrumented('export const a = (b: number): boolean => b < 3\n')
  const { a } = await import(`data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(text))}`)
  const switches = (globalThis as { __stryker__?: { activeMutant?: string | undefined } }).__stryker__ ?? {}
  const number = numbers[mutants.findIndex(({ mutated }) => mutated === 'b <= 3')]
  expect(a(3)).toBe(false)
  switches.activeMutant = number
  expect(a(3)).toBe(true)
  switches.activeMutant = undefined
  expect(a(3)).toBe(false)
})

test('visits are counted until the runs are quiet', async () => {
  const { text } = await instrumented('export const a = (b: number): boolean => b < 7\n')
  const { a } = await import(`data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(text))}`)
  const switches = ((globalThis as { __stryker__?: Switches }).__stryker__ ??= {})
  const visits = () => Object.values(switches.mutantCoverage?.perTest['t'] ?? {}).reduce((all, one) => all + one, 0)
  switches.currentTestId = 't'
  a(3)
  const counted = visits()
  switches.isQuiet = true
  a(3)
  expect(counted).toBeGreaterThan(0)
  expect(visits()).toBe(counted)
  switches.isQuiet = false
  a(3)
  expect(visits()).toBe(2 * counted)
  switches.currentTestId = undefined
})

interface Switches {
  isQuiet?: boolean
  currentTestId?: string | undefined
  mutantCoverage?: { readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>> }
}

test('a place is counted from 1, and its line is named', async () => {
  const { mutants } = await instrumented('\nexport const a = (b: number) =>\n  b + 1\n')
  const [mutant] = mutants.filter(({ mutated }) => mutated === 'b - 1')
  expect(mutant).toMatchObject({ line: 3, column: 3, context: 'b + 1', original: 'b + 1' })
})

test('the same code has the same keys, other code has none of them', async () => {
  const keysOf = async (text: string) => [...(await instrument([text])).mutants.values()].map(({ key }) => key)
  const keys = await keysOf('src/engine/delay.ts')
  expect(await keysOf('src/engine/delay.ts')).toEqual(keys)
  expect(new Set(keys).size).toBe(keys.length)
  const others = new Set(await keysOf('src/engine/park.ts'))
  expect(keys.filter((key) => others.has(key))).toEqual([])
})
