import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publicSymbols } from './public-api.ts'
import { installTarball, manifestOf, packTarball, ROOT, runTool } from './tarball.ts'

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
    expect(strange.toSorted()).toEqual(['cli/batuta.mjs', 'scripts/ensure-installed.mjs', 'workers/edge/no-saga.json'])
    expect(paths.filter((path) => /\.test\.|demo|tsbuildinfo|broker|mongod\/|(?<!\.d)\.m?ts$/.test(path))).toEqual([])
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'saga.schema.json']))
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
    expect(await runTool('attw', [tarball, '--profile', 'esm-only'], folder)).toContain('No problems found')
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
    const args = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', project, '--reporter', 'json']
    const report = JSON.parse(await runTool('node', args, project)) as {
      numPassedTests: number
      numFailedTests: number
    }
    expect(report).toMatchObject({ numFailedTests: 0 })
    expect(report.numPassedTests).toBeGreaterThan(150)
  })
})
