import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { withStoreTables } from '../../scripts/store-docs.ts'
import { capabilities } from '../../scripts/store-docs/capabilities.ts'
import { lackedBy } from '../../testing/contract/capabilities.ts'
import { STORES } from '../../testing/stores.ts'
import type { Store, StoreName } from '../../testing/stores.ts'

const DOCS = readFileSync(join(import.meta.dirname, '../../docs/PERSISTENCY.md'), 'utf8')
const stores = Object.entries(STORES) as [StoreName, Store][]

describe('docs/PERSISTENCY.md', () => {
  test('P17 it is what `npm run docs:persistency` writes', async () => {
    expect(await withStoreTables(DOCS)).toBe(DOCS)
  })

  test('P17 whatever somebody writes into the tables is written over, and nothing else is', async () => {
    expect(await withStoreTables(DOCS.replace('| `mongo` | always |', '| `mongo` | never |'))).toBe(DOCS)
    const other = DOCS.replace('# Persistency', '# Stores')
    expect(await withStoreTables(other)).toBe(other)
    await expect(withStoreTables('# Persistency')).rejects.toThrow('<!-- end -->')
  })
})

describe('what stores cannot do', () => {
  test.each(stores)('P17 %s: whatever it lacks has a reason, and nothing else has', async (name, { cannot }) => {
    const said = (await capabilities())[name]
    expect(Object.keys(cannot).toSorted()).toEqual(lackedBy(said).toSorted())
  })

  test('P9 who cannot promise reads that cannot be rolled back says so: whoever keeps documents behind a service', () => {
    const open = stores.filter(([, { gaps }]) => gaps.rollback !== undefined).map(([name]) => name)
    expect(open).toEqual(['crud', 'rest (strong tags)', 'rest (no tags)'])
    expect(DOCS).toMatch(
      /^\| reads that cannot be rolled back \| `crud`; `rest` \(strong tags\); `rest` \(no tags\) \| \S/m,
    )
  })

  test.each(stores)('P17 %s: the suites are called with its gaps', (name, { noFaults, gaps }) => {
    expect(callsOf('.', 'persistencyContract', name)).toBe(Object.keys(gaps).length > 0 || noFaults === undefined)
    expect(callsOf('faults', 'faultContract', name)).toBe(noFaults === undefined)
  })
})

/** Whether a test file here calls the suite and hands it what `STORES` says of this store. */
function callsOf(folder: string, suite: string, name: StoreName): boolean {
  const files = readdirSync(join(import.meta.dirname, folder)).filter((file) => file.endsWith('.test.ts'))
  const texts = files.map((file) => readFileSync(join(import.meta.dirname, folder, file), 'utf8'))
  const said = [`STORES.${name}`, `STORES['${name}']`]
  return texts.some((text) => text.includes(`${suite}('`) && said.some((one) => text.includes(one)))
}

test('C2.4 C6.2 the collection in the docs is the one in the examples', () => {
  expect(DOCS).toContain(readFileSync(join(import.meta.dirname, '../../examples/crud-collection.sagas.json'), 'utf8'))
})
