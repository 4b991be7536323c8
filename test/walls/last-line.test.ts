import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROOT, run } from './tools.ts'

const CONFIG = `import { LastLine } from '${ROOT}/test/reporter.ts'
export default { test: { include: ['*.test.ts'], retry: 1, reporters: ['default', new LastLine()] } }`

/** The body of a test file, and the line that a run of nothing else ends with. */
const RUNS: Readonly<Record<string, readonly [body: string, line: string]>> = {
  'a test that passes': [`test('one', () => {})`, '1 passed, 0 failed'],
  'a test that is skipped': [`test('one', () => {})\ntest.skip('two', () => {})`, '1 passed, 0 failed, 1 skipped'],
  'a test that fails': [`test('one', () => expect(1).toBe(2))`, '0 passed, 1 failed'],
  'a file that does not load': [`throw new Error('no')`, '0 passed, 1 failed'],
  'a file without tests': ['', '0 passed, 1 failed'],
  'nothing but skipped tests': [`test.skip('one', () => {})`, '0 passed, 1 failed, 1 skipped'],
  'a suite whose hook throws': [
    `describe('s', () => { afterAll(() => { throw new Error('no') }); test('one', () => {}) })`,
    '1 passed, 1 failed',
  ],
  'an error that nobody catches': [`test('one', () => { void Promise.reject(new Error('no')) })`, '1 passed, 1 failed'],
}

describe('the last line of the gate counts', { timeout: 60_000 }, () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'batuta-line-'))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'vitest.config.ts'), CONFIG)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test.each(Object.entries(RUNS))('%s', async (_, [body, line]) => {
    const imports = `import { afterAll, describe, expect, test } from 'vitest'\n`
    writeFileSync(join(folder, 'one.test.ts'), imports + body)
    expect(await lastLineOf(folder)).toEqual({ line, code: line.includes(' 0 failed') ? 0 : 1 })
  })

  test.each([
    [3, '3 passed, 0 failed'],
    [4, '4 passed, 1 failed'],
  ])('%i tests that pass at their second try: each is named', async (count, line) => {
    const titles = Array.from({ length: count }, (_, index) => `test ${index}`)
    writeFileSync(join(folder, 'one.test.ts'), `import { expect, test } from 'vitest'\n${titles.map(flaky).join('\n')}`)
    const { code, output } = await run(folder, 'vitest', 'run')
    const named = titles.map((title) => `flaky: one.test.ts > ${title}`)
    expect(
      output
        .trimEnd()
        .split('\n')
        .slice(-count - 1),
    ).toEqual([...named, line])
    expect(code).toBe(count > 3 ? 1 : 0)
  })

  test('a run without files', async () => {
    expect(await lastLineOf(folder)).toEqual({ line: '0 passed, 1 failed', code: 1 })
  })
})

/** A test that fails at its first try. */
const flaky = (title: string) => `{ let tries = 0; test('${title}', () => expect(++tries).toBe(2)) }`

async function lastLineOf(folder: string): Promise<{ line: string | undefined; code: number | null }> {
  const { code, output } = await run(folder, 'vitest', 'run')
  return { line: output.trimEnd().split('\n').at(-1), code }
}
