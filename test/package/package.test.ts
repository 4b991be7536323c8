import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publicSymbols } from './public-api.ts'
import { startParticipant } from '../services/participant.ts'
import { expectSagaEnds, expectServiceRuns, failureOf, sagaFor, startEmbeddedWorker } from './embedded.ts'
import { installTarball, linkPackage, manifestOf, packTarball, ROOT, runTool } from './tarball.ts'

const LONG = 120_000

const folder = mkdtempSync(join(tmpdir(), 'batuta-package-'))
const project = join(folder, 'project')
let tarball = ''
let installed = ''
beforeAll(async () => {
  tarball = await packTarball(folder)
  cpSync(join(ROOT, 'examples/embed'), project, { recursive: true })
  rmSync(join(project, 'tsconfig.json'))
  installed = await installTarball(tarball, project, ['vitest', '@hono/node-server'])
}, LONG)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the tarball', () => {
  test('holds what its doors need, and neither tests nor demonstrations', () => {
    const files = globSync('**/*', { cwd: installed, withFileTypes: true }).filter((one) => one.isFile())
    const paths = files.map((one) => join(one.parentPath, one.name).slice(installed.length + 1))
    const strange = paths.filter((path) => !/^(?:dist\/(?:adapters|cli|src|testing|workers)\/|[^/]+$)/.test(path))
    expect(strange.toSorted()).toEqual([
      'cli/batuta.mjs',
      'scripts/ensure-installed.mjs',
      'workers/edge/no-hooks.d.mts',
      'workers/edge/no-hooks.mjs',
      'workers/edge/no-saga.json',
    ])
    expect(
      paths.filter((path) =>
        /\.test\.|\/demo|tsbuildinfo|testing\/(?!contract|simulation|properties|explore|checker\/(?!durable)|index)|(?<!\.d)\.m?ts$/.test(
          path,
        ),
      ),
    ).toEqual([])
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'package.json',
        'play.schema.json',
        'properties.schema.json',
        'saga.schema.json',
      ]),
    )
  })

  test('has every file that its modules import', () => {
    const missing = globSync('**/*.js', { cwd: join(installed, 'dist') }).flatMap((path) => {
      const file = join(installed, 'dist', path)
      const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?['"](\.{1,2}\/[^'"]+)['"]/g)
      return [...specifiers].flatMap(([, specifier = '']) =>
        existsSync(join(dirname(file), specifier)) ? [] : [`${path}: ${specifier}`],
      )
    })
    expect(missing).toEqual([])
  })

  test('publint has nothing to say', { timeout: LONG }, async () => {
    expect(await runTool('publint', [tarball, '--strict'], folder)).toContain('All good!')
  })

  test('the types are right for every door (attw)', { timeout: LONG }, async () => {
    await runTool('attw', [tarball, '--profile', 'esm-only'], folder) // rejects with what attw reports
  })
})

describe('the public API', () => {
  const symbols = () => publicSymbols(installed, doors())

  test('every exported symbol has a doc comment', () => {
    const all = [...symbols().entries()]
    expect(all.length).toBeGreaterThan(150)
    expect(all.filter(([, { hasComment }]) => !hasComment).map(([name]) => name)).toEqual([])
  })

  test('every type that the core mentions is exported by it, but the parts of an orchestrator and of its app', () => {
    const exported = symbols()
    const missing = [...exported.values()].flatMap(({ file, mentions }) =>
      file.startsWith('dist/src/') ? mentions.filter((one) => !exported.has(one) && !isOpaque(one)) : [],
    )
    expect([...new Set(missing)]).toEqual([])
  })

  /** An embedder only hands these on. */
  function isOpaque(name: string): boolean {
    return /^dist\/src\/(?:http|orchestrator)\/(?!corridor|attach)/.test(name)
  }

  function doors(): readonly string[] {
    return Object.values(manifestOf(installed).exports).flatMap((door) =>
      typeof door === 'string' ? [] : [door.types],
    )
  }
})

describe('a project that has the tarball installed', () => {
  test(
    'compiles its service and its store with strict settings, declaration files included',
    { timeout: LONG },
    async () => {
      const flags = [
        '--noEmit',
        '--strict',
        '--exactOptionalPropertyTypes',
        '--module',
        'nodenext',
        '--target',
        'es2024',
      ]
      const lib = ['--lib', 'es2024,webworker', '--types', '', '--resolveJsonModule', '--allowImportingTsExtensions']
      await runTool('tsc', [...flags, ...lib, 'service.ts', 'map-store.ts'], project)
    },
  )

  test('holds a store of its own to the exported suite', { timeout: LONG }, async () => {
    const report = join(folder, 'report.json')
    const args = ['run', '--root', project, '--reporter', 'json', '--outputFile', report]
    await runTool('node', [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...args], project)
    const { success, numPassedTests } = JSON.parse(readFileSync(report, 'utf8')) as Report
    expect(success).toBe(true)
    expect(numPassedTests).toBeGreaterThan(100)
  })

  test.each<[string, string, readonly string[]]>([
    ['Node', 'node', ['node.ts']],
    ['Deno', 'deno', ['run', '-A', '--cached-only', '--node-modules-dir=manual', 'deno.ts']],
    ['Bun', 'bun', ['bun.ts']],
  ])('runs its service on %s: a saga comes to its end', { timeout: LONG }, (_, tool, args) =>
    expectServiceRuns(project, tool, args),
  )

  test('runs its Worker on workerd: a saga comes to its end', { timeout: LONG }, async () => {
    const participant = await startParticipant(() => ({ emit: 'seatReserved' }))
    const worker = await startEmbeddedWorker(project, sagaFor(participant))
    try {
      participant.reports(String(await worker.ready).replace(/\/$/, ''))
      await expectSagaEnds(async (path, body) => {
        const answer = await worker.dispatchFetch(`http://edge${path}`, body as object)
        return { json: () => answer.json() }
      })
    } finally {
      await Promise.all([worker.dispose(), participant.close()])
    }
  })
})

describe('a project without the optional peers', () => {
  const bare = join(folder, 'bare')
  beforeAll(() => installTarball(tarball, bare, []), LONG)

  const worker = (name: string) => `node_modules/batuta/dist/workers/${name}.js`
  const deno = ['run', '-A', '--cached-only', '--node-modules-dir=manual', worker('deno')]
  const node = 'found no package "pino", "undici", expected it beside batuta: npm install pino@^10.4.0 undici@^8.12.4'
  const http = 'found no package "@hono/node-server", expected it beside batuta: npm install @hono/node-server@^2.1.8'

  test.each<[string, string, readonly string[], string]>([
    ['the Node worker', 'node', [worker('node')], `start the Node worker: ${node}`],
    ['the Kafka worker', 'node', [worker('kafka')], `start the Kafka worker: ${node}`],
    ['the Deno worker', 'deno', deno, `start the Deno worker: ${http}`],
  ])('C1.2 %s does not start, and says what to install', { timeout: LONG }, async (_, tool, args, problem) => {
    expect(await failureOf(tool, args, bare, 'memory')).toBe(`batuta could not start: ${problem}\n`)
  })

  test('C1.2 batuta check runs, and batuta takeover says what to install', { timeout: LONG }, async () => {
    const command = 'node_modules/batuta/cli/batuta.mjs'
    const file = join(ROOT, 'examples/reservation/saga.json')
    expect(await runTool('node', [command, 'check', file], bare)).toContain('no problems')
    const failed = await runTool('node', [command, 'takeover', file], bare).catch(String)
    expect(failed).toContain(`look at the sagas of "${file}": read the collection: ${node}`)
  })

  test.each<[string, string, string]>([
    ['mongo', 'mongodb', '^7.9.0'],
    ['redis', '@redis/client', '^5.12.1'],
    ['upstash-redis', '@upstash/redis', '^1.39.0'],
  ])(
    'C1.2 a saga.json with the store "%s" does not start, and says what to install',
    async (store, peer, range) => {
      const told = `found no package "${peer}", expected it beside batuta: npm install ${peer}@${range}`
      const expected = `batuta could not start: open the store "${store}": ${told}\n`
      for (const name of ['pino', 'undici', '@hono/node-server']) linkPackage(bare, name)
      expect(await failureOf('node', [worker('node')], bare, store), 'Node').toBe(expected)
      expect(await failureOf('deno', deno, bare, store), 'Deno').toBe(expected)
      expect(await failureOf('bun', [worker('bun')], bare, store), 'Bun').toBe(expected)
    },
    LONG,
  )

  test(
    'C1.2 a saga.json with a Kafka channel does not start, and says what to install',
    { timeout: LONG },
    async () => {
      for (const name of ['pino', 'undici', '@hono/node-server']) linkPackage(bare, name)
      const told = 'found no package "kafkajs", expected it beside batuta: npm install kafkajs@2.2.4'
      const failure = await failureOf('node', [worker('kafka')], bare, 'memory', 'kafka')
      expect(failure).toBe(`batuta could not start: open the channel "events": ${told}\n`)
    },
  )
})

interface Report {
  readonly success: boolean
  readonly numPassedTests: number
}
