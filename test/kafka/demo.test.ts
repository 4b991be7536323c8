import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka } from '../services/kafka.ts'
import { family, isAlive } from '../services/processes.ts'

const DEMO = join(import.meta.dirname, '../../cli/demo-kafka.ts')
/** The demonstration, a worker, two participants and a broker. */
const PROCESSES = 5

describeKafka('npm run demo:kafka', () => {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-demo-'))
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Starts the demonstration with pipes instead of a terminal, in a process group of its own. */
  function demo(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
    const env = { ...process.env, TMPDIR: temporary, ...variables }
    const child = spawn(process.execPath, [DEMO, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const said = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
    const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...said }))
    return { pid: Number(child.pid), said, ended }
  }

  /** No process of it runs, and the broker's folder is removed. */
  async function expectNothingLeft(pids: readonly number[]): Promise<void> {
    await eventually(() => (pids.some(isAlive) ? undefined : true), 5_000)
    expect(readdirSync(temporary)).toEqual([])
  }

  test('leads 60 sagas to their ends over a broker of its own, and prints that', async () => {
    const { pid, said, ended } = demo(['--sagas', '60'])
    await expect.poll(() => said.stdout, { timeout: 50_000 }).toContain('Running 60 reservations')
    const pids = family(pid).map((one) => one.pid)
    expect(pids).toHaveLength(PROCESSES)
    const { code, stdout, stderr } = await ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.match(/^ {2}\d+ %: .*$/gm)).toHaveLength(10)
    expect(stdout).toContain('  confirmed    42 sagas, 42 expected\n')
    expect(stdout).toContain('  failed       18 sagas, 18 expected\n')
    expect(stdout).toMatch(/^ {2}throughput {3}[\d.]+ sagas\/s/m)
    expect(stdout).toMatch(/^ {2}create→final p50 [\d.]+ ms, p99 [\d.]+ ms$/m)
    expect(stdout).toMatch(/^ {2}commands {5}114 sent, \d+ sent again$/m)
    expect(stdout).toMatch(/^ {2}events {7}\d+ taken in, lag of the group "batuta" 0$/m)
    expect(stdout).toContain('Next: npm run demo:kafka -- --keep')
    await expectNothingLeft(pids)
  })

  test('--keep leaves it running, its curl lines work as they are printed, and Ctrl-C ends it all', async () => {
    const { pid, said, ended } = demo(['--sagas', '4', '--at-once', '2', '--keep'])
    await expect.poll(() => said.stdout, { timeout: 50_000 }).toContain('Ctrl-C stops all of them')
    const pids = family(pid).map((one) => one.pid)
    const [create = '', look = '', list = ''] = said.stdout.match(/^curl .*$/gm) ?? []
    const { sagaId } = await shell(create)
    const final = expect.objectContaining({ sagaId, currentState: 'reservationConfirmed' })
    await expect.poll(() => shell(look), { timeout: 10_000 }).toEqual(final)
    expect((await shell(list))['items']).toEqual(expect.arrayContaining([final]))
    const interrupted = performance.now()
    process.kill(-pid, 'SIGINT') // to the whole process group, as a terminal does
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    expect(performance.now() - interrupted).toBeLessThan(10_000)
    await expectNothingLeft(pids)
  })

  test('when it is killed, it leaves no process behind', async () => {
    const { pid, said, ended } = demo(['--sagas', '1000000'])
    await expect.poll(() => said.stdout, { timeout: 50_000 }).toContain('Running 1000000 reservations')
    const pids = family(pid).map((one) => one.pid)
    process.kill(pid, 'SIGKILL')
    await ended
    await eventually(() => (pids.some(isAlive) ? undefined : true), 5_000)
  })
})

test('demo:kafka without Java names the tools to install in one sentence', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-demo-'))
  symlinkSync(process.execPath, join(folder, 'node'))
  const env = { PATH: folder }
  const ended = promisify(execFile)(process.execPath, [DEMO], { cwd: dirname(folder), env })
  await expect(ended).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^a Kafka broker needs Java 17 or newer, Maven, OpenSSL 3: apt-get install [^\n]+\n$/,
    ),
  })
  rmSync(folder, { recursive: true })
})

async function shell(line: string): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)('sh', ['-c', line])
  return JSON.parse(stdout) as Record<string, unknown>
}
