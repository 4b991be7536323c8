import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const DEMO = join(import.meta.dirname, '../../cli/demo.ts')
const folder = mkdtempSync(join(tmpdir(), 'batuta-demo-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Starts the demonstration with pipes, so that it sees no terminal. */
function demo(...args: string[]) {
  const child = spawn(process.execPath, [DEMO, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...said }))
  return { child, said, ended }
}

test('runs 200 sagas and prints the summary', async () => {
  const { code, stdout, stderr } = await demo('--sagas', '200').ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.match(/^ {2}\d+ %: .*$/gm)).toHaveLength(10)
  expect(stdout).toContain('  confirmed    180 sagas, 180 expected\n')
  expect(stdout).toContain('  failed       20 sagas, 20 expected\n')
  expect(stdout).toMatch(/^ {2}throughput {3}\d+ sagas\/s/m)
  expect(stdout).toMatch(/^ {2}create→final p50 [\d.]+ ms, p99 [\d.]+ ms$/m)
  expect(stdout).toMatch(/^ {2}commands {5}390 sent, \d+ sent again$/m)
  expect(stdout).toContain('Next: npm run demo -- --keep')
})

test('--keep keeps it running, and the printed curl lines work', async () => {
  const { child, said, ended } = demo('--sagas', '20', '--at-once', '4', '--keep')
  await expect.poll(() => said.stdout, { timeout: 30_000 }).toContain('Ctrl-C stops both')
  const lines = said.stdout.match(/^curl .*$/gm) ?? []
  expect(lines).toHaveLength(3)
  const [create = '', look = '', list = ''] = lines
  const { sagaId } = await shell(create)
  const final = expect.objectContaining({ sagaId, currentState: 'reservationConfirmed' })
  await expect.poll(() => shell(look)).toEqual(final)
  expect((await shell(list))['items']).toEqual(expect.arrayContaining([final]))
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
})

test('an interrupt ends it at once', async () => {
  const { child, said, ended } = demo('--sagas', '1000000')
  await expect.poll(() => said.stdout, { timeout: 30_000 }).toContain('Running 1000000 reservations')
  const interrupted = performance.now()
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 130, stderr: '' })
  expect(performance.now() - interrupted).toBeLessThan(5_000)
})

async function shell(line: string): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)('sh', ['-c', line])
  return JSON.parse(stdout) as Record<string, unknown>
}
