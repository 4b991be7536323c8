import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, describe, expect, test } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'

const bin = join(import.meta.dirname, '../../node_modules/.bin')
const child = join(import.meta.dirname, 'sqlite-crash.child.ts')
const folder = mkdtempSync(join(tmpdir(), 'batuta-sqlite-crash-'))
afterAll(() => rmSync(folder, { recursive: true }))

const RUNTIMES = [
  ['node', [process.execPath]],
  ['deno', [join(bin, 'deno'), 'run', '--quiet', '--cached-only', '--node-modules-dir=manual', '-A']],
  ['bun', [join(bin, 'bun')]],
] as const

describe.each(RUNTIMES)('killed on %s', (name, [command, ...args]) => {
  const path = join(folder, `${name}.db`)

  test(
    'I1 after a kill every acknowledged step is stored, and the next owner starts at once',
    { timeout: 60_000 },
    async () => {
      for (const lines of [1, 200, 1_000]) {
        const writer = spawn(command, [...args, child, path], { stdio: ['ignore', 'pipe', 'inherit'] })
        const acknowledged = await until(writer, lines)
        const store = openSqlite({ path, random: Math.random })
        for (const [id, length] of acknowledged) {
          const { saga } = (await store.load(id)) ?? {}
          expect(saga?.length, id).toBeGreaterThanOrEqual(length)
          expect((await store.document(id))?.history.events).toHaveLength(saga?.length ?? -1)
        }
        await store.close()
      }
    },
  )

  test('P12 while the owner lives, no other process opens its file', { timeout: 60_000 }, async () => {
    const writer = spawn(command, [...args, child, path, 'idle'], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(writer.stdout, 'data')
    const open = () => openSqlite({ path, random: Math.random })
    expect(open).toThrow(expect.objectContaining({ code: 'store-busy' }))
    writer.kill('SIGKILL')
    await once(writer, 'exit')
    await open().close()
  })
})

/** Kills the writer after so many lines; every printed line counts. Answers the longest length of each saga. */
async function until(
  writer: ChildProcessByStdio<null, Readable, null>,
  lines: number,
): Promise<ReadonlyMap<string, number>> {
  let text = ''
  let seen = 0
  writer.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    seen += chunk.split('\n').length - 1
    if (seen > lines) writer.kill('SIGKILL')
  })
  const [[, signal]] = await Promise.all([once(writer, 'exit'), once(writer.stdout, 'end')])
  expect(signal).toBe('SIGKILL')
  const whole = text.split('\n').slice(1, -1)
  return new Map(whole.map((line) => line.split(' ')).map(([id = '', length]) => [id, Number(length)]))
}
