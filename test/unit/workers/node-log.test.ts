import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import process from 'node:process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const CHILD = fileURLToPath(new URL('node-log.child.ts', import.meta.url))

interface Line {
  readonly code: string
  readonly line?: number
  readonly lines?: number
}

/** The lines of a process that writes so many of 1,000 characters at once. */
async function linesOf(count: number): Promise<readonly Line[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, String(count)], { maxBuffer: 2 ** 30 })
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

test('C1.3 lines come late rather than never, in their order', { timeout: 60_000 }, async () => {
  const lines = await linesOf(5_000)
  expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: 5_000 }, (_, at) => at))
})

test(
  'C1.3 lines beyond the bound of memory are dropped, and counted once the log is read',
  { timeout: 60_000 },
  async () => {
    const lines = await linesOf(50_000)
    const written = lines.filter(({ code }) => code === 'request.completed')
    const [told, ...others] = lines.filter(({ code }) => code === 'log.dropped')
    expect(others).toEqual([])
    expect(told?.lines).toBe(50_000 - written.length)
    expect(written.length).toBeGreaterThan(20_000)
    expect(told?.lines).toBeGreaterThan(0)
  },
)
