import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PEERS } from '../../workers/peers.ts'
import { expectServiceRuns } from '../package/embedded.ts'
import { packTarball, ROOT, runTool } from '../package/tarball.ts'

const LONG = 600_000

const folder = mkdtempSync(join(tmpdir(), 'batuta-long-package-'))
const project = join(folder, 'project')
beforeAll(async () => {
  const tarball = await packTarball(folder)
  cpSync(join(ROOT, 'examples/embed'), project, { recursive: true })
  rmSync(join(project, 'tsconfig.json'))
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }))
  await runTool('npm', ['install', '--no-audit', '--no-fund', tarball, '@hono/node-server@^2.1.8'], project)
}, LONG)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a project that npm has installed from the registry', () => {
  test('has none of the optional peers but the one that it asked for', () => {
    const isInstalled = (peer: string) => existsSync(join(project, 'node_modules', peer))
    expect(Object.keys(PEERS).filter(isInstalled)).toEqual(['@hono/node-server'])
  })

  test('runs its service on Node: a saga comes to its end', { timeout: LONG }, () =>
    expectServiceRuns(project, 'node', ['node.ts']),
  )

  test('has every peer by the commands that the workers name, and its worker starts', { timeout: LONG }, async () => {
    const specifiers = Object.entries(PEERS).map(([name, range]) => `${name}@${range}`)
    await runTool('npm', ['install', '--no-audit', '--no-fund', ...specifiers], project)
    const stores = ['mongo', 'redis', 'upstash-redis'].map((name) => `import('batuta/persistency/${name}')`)
    const script = `await Promise.all([${stores.join()}, import('batuta/channel/kafka'), import('batuta/runtime/node')])`
    await runTool('node', ['--input-type=module', '--eval', script], project)
  })
})

describe('the tasks of deno.json', () => {
  test.each([
    ['deno task check', ['task', 'check']],
    ['deno task demo', ['task', 'demo', '--sagas', '100']],
    ['deno task test', ['task', 'test']],
    ['deno publish', ['publish', '--dry-run', '--allow-dirty']],
  ])('%s', { timeout: LONG }, async (_, args) => {
    await runTool('deno', args, ROOT) // rejects with what Deno reports
  })
})
