import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { metricDocs } from '../../scripts/metric-docs.ts'
import { COUNTED } from '../../src/ports/counted.ts'
import { METRICS } from '../../src/ports/metric-table.ts'
import { ROOT } from './tools.ts'

test('docs/METRICS.md is what `npm run docs:metrics` writes: every metric with its type, unit, labels and meaning', async () => {
  expect(await readFile(join(ROOT, 'docs/METRICS.md'), 'utf8')).toBe(metricDocs())
})

test('C7 a name of a metric ends with its unit, where it has one of Prometheus', () => {
  const names = Object.entries(METRICS)
  const wrong = names.filter(([name, { type, unit }]) => {
    if (type === 'counter') return !name.endsWith('_total')
    return (unit === 'seconds') !== name.endsWith('_seconds')
  })
  expect(wrong).toEqual([])
  expect(names.filter(([name]) => !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([])
})

test('every histogram has ascending buckets, and nothing else has any', () => {
  for (const [name, { type, buckets }] of Object.entries(METRICS)) {
    expect(buckets !== undefined, name).toBe(type === 'histogram')
    expect(buckets, name).toEqual(buckets?.toSorted((one, other) => one - other))
  }
})

test('everything that is counted by name is counted somewhere, and has a name', async () => {
  const sources: string[] = []
  for await (const path of glob('{src,adapters,workers}/**/*.ts', { cwd: ROOT })) {
    if (!path.endsWith('counted.ts')) sources.push(await readFile(join(ROOT, path), 'utf8'))
  }
  const all = sources.join('\n')
  const isCounted = (what: string) =>
    [what, what.replace(/^(?:poison|save)-/, '')].some((name) => all.includes(`'${name}'`))
  expect(Object.keys(COUNTED).filter((what) => !isCounted(what))).toEqual([])
})
