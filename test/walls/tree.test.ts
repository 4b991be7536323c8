import { describe, expect, test } from 'vitest'
import { scan } from './scan.ts'
import { ROOT, run } from './tools.ts'

/** `npm run check` in parts, so that each counts in the gate. */
describe('the tree keeps its walls', () => {
  test('format: oxfmt would change nothing (npm run fmt)', async () => {
    const { code, output } = await run(ROOT, 'oxfmt', '--list-different', '.')
    expect(output).toBe('')
    expect(code).toBe(0)
  })

  test('lint: oxlint has nothing to say', { timeout: 60_000 }, async () => {
    const { code, output } = await run(ROOT, 'oxlint', '--format', 'unix')
    expect(output.trim()).toBe('')
    expect(code).toBe(0)
  })

  test('types: tsc has nothing to say', { timeout: 60_000 }, async () => {
    const { code, output } = await run(ROOT, 'tsc', '-b', '--emitDeclarationOnly', '--pretty', 'false')
    expect(output).toBe('')
    expect(code).toBe(0)
  })

  test('text: no clock in the core, no barrel but the public door', () => {
    expect(scan(ROOT)).toEqual([])
  })
})
