import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadWith, PEERS } from '../../../workers/peers.ts'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>
}

const manifest = manifestOf('package.json')
const { vitest, ...peers } = manifest.peerDependencies

test('the peers of the workers are those of the package, in the same versions', () => {
  expect(peers).toEqual(PEERS)
  expect(vitest).toBeDefined() // the suites of `batuta/testing` need it
})

test('every peer is optional, and none is a dependency', () => {
  const names = Object.keys(manifest.peerDependencies)
  expect(manifest.peerDependenciesMeta).toEqual(Object.fromEntries(names.map((name) => [name, { optional: true }])))
  expect(names.filter((name) => name in manifest.dependencies)).toEqual([])
})

test('the clone and the image have every peer, in the version that the range begins with', () => {
  const installed = manifestOf('tools/peers/package.json').dependencies
  const least = Object.entries(PEERS).map(([name, range]) => [name, range.replace(/^[~^]/, '')])
  expect(installed).toEqual(Object.fromEntries(least))
})

test('a module that fails to load for another reason than a peer rejects with that reason', async () => {
  const broken = new SyntaxError('broken')
  await expect(loadWith('open it', ['mongodb', 'pino'], () => Promise.reject(broken))).rejects.toBe(broken)
})

function manifestOf(path: string): Manifest {
  return JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')) as Manifest
}
