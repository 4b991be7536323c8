import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../../scripts/workerd/bundle.ts'
import { ROOT, run } from '../walls/tools.ts'

/** In KiB: the platform loads a small Worker faster. */
const LARGEST = 190
/**
 * The routes below `/documentation`, the pictures with their layout, the console, and the rule of what a changed file strands;
 * `without-pages.ts` leaves them out.
 */
const PAGES = 20 + 16 + 60 + 2

const folder = mkdtempSync(join(tmpdir(), 'batuta-edge-'))
const outdir = join(folder, 'wrangler')
let wrangler = { code: null as number | null, output: '' }

beforeAll(async () => {
  wrangler = await run(ROOT, 'wrangler', 'deploy', '--dry-run', '--metafile', '--outdir', outdir)
  await bundle(join(folder, 'worker.js'))
  await bundle(join(folder, 'lean.js'), { entry: 'workers/edge/without-pages.ts' })
})
afterAll(() => rmSync(folder, { recursive: true }))

test('wrangler deploy --dry-run builds the Worker with its objects', () => {
  expect(wrangler.output).toContain('env.SAGAS')
  expect(wrangler.output).not.toMatch(/warning|error/i)
  expect(wrangler.code).toBe(0)
  expect(readdirSync(outdir)).toContain('workerd.js')
})

describe.each([
  ['wrangler deploy', LARGEST + PAGES, () => join(outdir, 'workerd.js')],
  ['npm run start:workerd', LARGEST + PAGES, () => join(folder, 'worker.js')],
  ['a Worker without pages', LARGEST, () => join(folder, 'lean.js')],
])('the bundle of %s', (_, largest, path) => {
  const code = (): string => readFileSync(path(), 'utf8')

  test('imports nothing but cloudflare:workers', () => {
    const imported = [...code().matchAll(/\b(?:from|import|require)\s*\(?\s*(["'`])([\w@:./-]+)\1/g)].map(
      ([, , name]) => name,
    )
    expect(new Set(imported)).toEqual(new Set(['cloudflare:workers']))
  })

  test('holds no Node and evaluates no text', () => {
    expect(code()).not.toMatch(/["'`]node:|(?<!\.|async )\beval\s*\(|\bnew Function\b|\bprocess\.(?:env|cwd|nextTick)/)
  })

  test(`is at most ${largest} KiB, compressed`, () => {
    const size = gzipSync(code(), { level: 9 }).byteLength
    expect(size).toBeLessThanOrEqual(largest * 1024)
    expect(size).toBeGreaterThan(20 * 1024)
  })
})

test('a Worker without pictures holds no layout', () => {
  const drawn = /batuta-machine|stateDiagram-v2/
  expect(readFileSync(join(folder, 'worker.js'), 'utf8')).toMatch(drawn)
  expect(readFileSync(join(folder, 'lean.js'), 'utf8')).not.toMatch(drawn)
})

test('holds the packages that it needs, and no others', () => {
  const { inputs } = JSON.parse(readFileSync(join(outdir, 'bundle-meta.json'), 'utf8')) as { inputs: object }
  const packages = Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  expect([...new Set(packages)].filter((name) => !NEEDED.has(name))).toEqual([])
})

/** Any other package is there by accident: pino, undici, kafkajs, a server for Node. */
const NEEDED = new Set([
  '@noble/hashes',
  '@upstash/redis',
  'fastest-levenshtein',
  'hono',
  'jsonc-parser',
  'prom-client',
  'tinyduration',
  'uncrypto',
  'uuid',
  'valibot',
])
