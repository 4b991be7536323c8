import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ENVIRONMENT, manifestOf, ROOT, runTool } from './tarball.ts'

const LONG = 120_000

interface DenoManifest {
  readonly version: string
  readonly exports: Readonly<Record<string, string>>
}

const deno = JSON.parse(readFileSync(join(ROOT, 'deno.json'), 'utf8')) as DenoManifest

test('deno.json has the version of the package, and exports of the package that are there', () => {
  const { version, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as DenoManifest
  expect(deno.version).toBe(version)
  expect(Object.keys(deno.exports).filter((name) => !(name in exports))).toEqual([])
  expect(Object.values(deno.exports).filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
})

test('an export of the package is the same file for Deno', () => {
  const { exports } = manifestOf(ROOT)
  const differing = Object.entries(deno.exports).filter(([name, file]) => {
    const built = exports[name]
    return typeof built === 'object' && built.default !== file.replace('./', './dist/').replace(/\.ts$/, '.js')
  })
  expect(differing).toEqual([])
})

test('deno check passes over the core and the Deno worker with its adapters', { timeout: LONG }, async () => {
  await runTool('deno', ['check', 'src/index.ts', 'workers/deno.ts'], ROOT) // rejects with what Deno reports
})

test('deno task start serves, and ends at SIGTERM', { timeout: LONG }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-deno-'))
  const machineDefinition = { initialState: 'done', states: [{ id: 'done', isFinal: true }] }
  const environment = {
    HTTP_PORT: '0',
    WAIT_BEFORE_SERVER_CLOSE_SEC: '0',
    DATA_PATH: folder,
    CONFIGURATION: JSON.stringify({ machineDefinition }),
  }
  const child = spawn('deno', ['task', 'start'], { cwd: ROOT, env: { ...ENVIRONMENT, ...environment } })
  const gone = once(child, 'close')
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  try {
    const url = () => /"url":"([^"]+)"/.exec(said)?.[1]
    await expect.poll(url, { timeout: 30_000 }).toBeDefined()
    expect((await fetch(`${url()}/-/healthz`)).status).toBe(200)
    child.kill('SIGTERM')
    await gone
    expect(said).toContain('"code":"service.stopping"')
  } finally {
    child.kill('SIGKILL')
    await gone
    rmSync(folder, { recursive: true })
  }
})
