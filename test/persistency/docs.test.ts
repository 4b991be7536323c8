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

  test('P17 it overwrites the generated blocks and nothing else', async () => {
    expect(await withStoreTables(DOCS.replace('| `mongo` | always |', '| `mongo` | never |'))).toBe(DOCS)
    expect(await withStoreTables(DOCS.replace('- Tested against real files', '- Not tested'))).toBe(DOCS)
    const other = DOCS.replace('# Persistency', '# Stores')
    expect(await withStoreTables(other)).toBe(other)
    const missing = DOCS.replace('<!-- generated: mongo -->', '')
    await expect(withStoreTables(missing)).rejects.toThrow('expected "<!-- generated: mongo -->"')
  })
})

describe('the limits of stores', () => {
  test.each(stores)(
    'P17 %s: every capability that it lacks has a reason, and no other has',
    async (name, { cannot }) => {
      const said = (await capabilities())[name]
      expect(Object.keys(cannot).toSorted()).toEqual(lackedBy(said).toSorted())
    },
  )

  test('P9 stores behind a service of documents say that a read may be rolled back', () => {
    const open = stores.filter(([, { gaps }]) => gaps.rollback !== undefined).map(([name]) => name)
    expect(open).toEqual(['crud', 'rest (strong tags)', 'rest (no tags)'])
    for (const [name] of stores) {
      const from = DOCS.indexOf(`<!-- generated: ${name} -->`)
      const block = DOCS.slice(from, DOCS.indexOf('<!-- end:', from))
      expect(/^- A read may be rolled back: \S/m.test(block), name).toBe(open.includes(name))
    }
  })

  test.each(stores)('P17 %s: the suites are called with its gaps', (name, { noFaults, gaps }) => {
    expect(callsOf('.', 'persistencyContract', name)).toBe(Object.keys(gaps).length > 0 || noFaults === undefined)
    expect(callsOf('faults', 'faultContract', name)).toBe(noFaults === undefined)
  })
})

/** True where a test file calls the suite with this store's entry of `STORES`. */
function callsOf(folder: string, suite: string, name: StoreName): boolean {
  const files = readdirSync(join(import.meta.dirname, folder)).filter((file) => file.endsWith('.test.ts'))
  const texts = files.map((file) => readFileSync(join(import.meta.dirname, folder, file), 'utf8'))
  const said = [`STORES.${name}`, `STORES['${name}']`]
  return texts.some((text) => text.includes(`${suite}('`) && said.some((one) => text.includes(one)))
}

test('C2.4 C6.2 the collection in the docs is the one in the examples', () => {
  expect(DOCS).toContain(readFileSync(join(import.meta.dirname, '../../examples/crud-collection.sagas.json'), 'utf8'))
})
