import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { VERSION } from '../../../src/version.ts'
import { batuta, LAUNCHER, NODES, npx, ROOT } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

const EXAMPLE = join(ROOT, 'examples/reservation/saga.json')

/** A saga.json with one hook. */
const HOOKED = (content: string) =>
  JSON.stringify({
    machineDefinition: {
      initialState: 'a',
      states: [{ id: 'a', isFinal: false, outputCommand: { label: 'do', hook: { type: 'file', content } } }],
    },
  })

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe.each(NODES)('batuta on %s', (_, node) => {
  test('--version and --help go to stdout, code 0', async () => {
    expect(await batuta(node, ['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' })
    const help = await batuta(node, ['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toMatch(/batuta start .*\n.*batuta check/)
    expect(await batuta(node, [])).toEqual(help)
  })

  test('an unknown command, flag or missing file name: the usage on stderr, code 2', async () => {
    const unknown = await batuta(node, ['chekc'])
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect(unknown.stderr).toMatch(/`chekc`.*`check`[^]*USAGE\n +batuta start/)
    const missing = await batuta(node, ['check'])
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toMatch(/saga\.json but found none\n\nUSAGE\n +batuta check/)
    expect(await batuta(node, ['start', '--prot', '1'])).toMatchObject({ code: 2, stdout: '' })
  })

  test('C1.2 check prints every problem on a line of its own, code 1', async () => {
    const path = file('broken.json', '{"machineDefinition":{"initialState":"a","states":[{"id":"b","isFinal":1}]}}')
    const { code, stdout, stderr } = await batuta(node, ['check', path])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toContainEqual(
      expect.stringMatching(
        /broken\.json:1:38: error: machineDefinition\.initialState: found "a", expected .+ \[state\.unknown\]$/,
      ),
    )
    expect(lines).toContainEqual(
      expect.stringMatching(
        /broken\.json:1:72: error: machineDefinition\.states\[0\]\.isFinal: found 1, expected .+ \[value\.invalid\]$/,
      ),
    )
    expect(lines.at(-1)).toBe(`${path}: 2 problems, 2 warnings`)
  })
})

test('`npx batuta` prints no warning of npm on any Node', async () => {
  const { code, stderr } = await npx(['check', EXAMPLE], join(folder, 'npm-cache'))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

describe('batuta check', () => {
  const [, node] = NODES.at(-1) ?? ['', 'node']

  test('C2 the example is fine, code 0', async () => {
    const { code, stdout } = await batuta(node, ['check', EXAMPLE])
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: `${EXAMPLE}: no problems, 1 warning`,
    })
  })

  test('C2.7 check compiles every hook, and names line and column inside it', async () => {
    const path = file('hooks.json', HOOKED('export default () => ({\n  payload: 1 + })'))
    const { code, stdout } = await batuta(node, ['check', path])
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /hooks\.json:1:\d+: error: .*outputCommand\.hook\.content: found a syntax error at 2:16 of the hook: Unexpected token, expected an ES module.* \[hook\.invalid\]/,
    )
  })

  test('C2.7 hooks prints a module of the hooks; a file with problems has none', async () => {
    const good = await batuta(node, ['hooks', file('hooks.json', HOOKED('export default () => 1'))])
    expect(good).toMatchObject({ code: 0, stderr: '' })
    expect(good.stdout).toMatch(/^import hook0 from 'data:text\/javascript;base64,.*'$/m)
    expect(good.stdout).toMatch(
      /\/\/ machineDefinition\.states\[0\]\.outputCommand\.hook\.content\n {2}'[\da-f]{64}': hook0,\n\}\n$/,
    )
    const bad = await batuta(node, ['hooks', file('hooks.json', HOOKED('export default 1'))])
    expect(bad).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('a default export that is no function'),
    })
    expect(await batuta(node, ['hooks', join(folder, 'missing.json')])).toMatchObject({ code: 2, stdout: '' })
  })

  test('C2.5 an unknown key is a warning, under --strict a problem', async () => {
    const path = file(
      'unknown-key.json',
      '{"machineDefinition":{"initialState":"a","states":[{"id":"a","isFinal":true,"position":""}]}}',
    )
    const key =
      'machineDefinition.states[0].position: found an unknown key, expected a known key; the nearest is "description" [key.unknown]'
    const lenient = await batuta(node, ['check', path])
    expect(lenient).toMatchObject({ code: 0, stdout: expect.stringContaining(`${path}:1:77: warning: ${key}\n`) })
    const strict = await batuta(node, ['check', '--strict', path])
    expect(strict).toMatchObject({ code: 1, stdout: expect.stringContaining(`${path}:1:77: error: ${key}\n`) })
  })

  test('C2.8 several files, as one JSON document; a file that cannot be read is in it, code 2', async () => {
    const absent = join(folder, 'absent.json')
    const { code, stdout, stderr } = await batuta(node, ['check', '--json', EXAMPLE, absent])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('ENOENT') })
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      files: [
        { file: EXAMPLE, errors: 0, warnings: 1, reports: [{ code: 'store.missing', level: 'warn', line: 66 }] },
        { file: absent, unreadable: expect.stringContaining('ENOENT') },
      ],
    })
  })

  test('C2.8 annotations for GitHub; --json beside them is refused, code 2', async () => {
    const { code, stdout } = await batuta(node, ['check', '--format', 'github', EXAMPLE])
    expect({ code, lines: stdout.split('\n') }).toEqual({
      code: 0,
      lines: [
        expect.stringMatching(/^::warning file=.*saga\.json,line=66,col=\d+,title=store\.missing::.+%0A.+$/),
        `check ${EXAMPLE}: no problems, 1 warning`,
        '',
      ],
    })
    expect(await batuta(node, ['check', '--json', '--format', 'github', EXAMPLE])).toMatchObject({
      code: 2,
      stdout: '',
    })
  })

  test('C2.6 a secret that is not on this machine is a warning, and what is here is not shown', async () => {
    const path = file('secrets.json', JSON.stringify(withSecrets()))
    const { code, stdout } = await batuta(node, ['check', path], { HERE: 'hidden-treasure' })
    expect(code).toBe(0)
    expect(stdout).toContain(
      ':1:237: warning: communicationProtocols[0].configurations.headers.a: found variable "NOT_HERE", which is not set',
    )
    expect(stdout).not.toContain('hidden-treasure')
    expect(stdout).not.toContain('headers.b')
  })

  test('a file that is not there or holds no JSON', async () => {
    const absent = await batuta(node, ['check', join(folder, 'absent.json')])
    expect(absent).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('ENOENT') })
    const noise = await batuta(node, ['check', file('noise.json', '{"a":')])
    expect(noise).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /noise\.json:1:6: error: configuration: found no value, expected a JSON object \[json\.syntax\]\n/,
      ),
    })
  })
})

describe('batuta start', () => {
  test('C1.2 without a configuration it says so, code 1', async () => {
    const { code, stderr } = await batuta('node', ['start'], { CONFIGURATIONS_FILE_PATH: '', CONFIGURATION: '' })
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('CONFIGURATIONS_FILE_PATH: found'),
    })
  })

  test('flags win over variables; SIGTERM ends it, code 0', async () => {
    const data = join(folder, 'data')
    const args = ['start', '--configuration', EXAMPLE, '--port', '0', '--data', data]
    const env = {
      ...process.env,
      CONFIGURATION: '{}',
      HTTP_PORT: 'none',
      LOG_LEVEL: 'info',
      WAIT_BEFORE_SERVER_CLOSE_SEC: '0',
    }
    const child = spawn('node', [LAUNCHER, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let log = ''
    const port = await new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        log += chunk
        const [, found] = /"url":"http:\/\/localhost:(\d+)"/.exec(log) ?? []
        if (found !== undefined) resolve(found)
      })
    })
    expect((await fetch(`http://127.0.0.1:${port}/-/ready`)).status).toBe(200)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

function withSecrets(): unknown {
  const headers = { a: { type: 'env', name: 'NOT_HERE' }, b: { type: 'env', name: 'HERE' } }
  const configurations = { protocol: 'http', endpoint: 'localhost', method: 'POST', headers }
  return {
    machineDefinition: { initialState: 'a', states: [{ id: 'a', description: '', isFinal: true }] },
    communicationProtocols: [{ id: 'c', type: 'rest', configurations }],
    persistencyManagement: { type: 'memory' },
  }
}
