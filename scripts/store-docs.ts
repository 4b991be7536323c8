/** `npm run docs:persistency`: writes what each store can and cannot do, and why, into docs/PERSISTENCY.md. */
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import type { Said } from '../testing/contract/capabilities.ts'
import { STORES } from '../testing/stores.ts'
import type { StoreName } from '../testing/stores.ts'
import { capabilities } from './store-docs/capabilities.ts'
import { storeList } from './store-docs/store-list.ts'

const FILE = new URL('../docs/PERSISTENCY.md', import.meta.url)
const names = Object.keys(STORES) as StoreName[]

/** The file with its generated blocks written anew: the overview, and a list for each store. All other text stays. */
export async function withStoreTables(text: string): Promise<string> {
  const said = await capabilities()
  const overview = replaced(text, 'overview', overviewTable(said))
  return names.reduce((page, name) => replaced(page, name, storeList(STORES[name], said[name])), overview)
}

/** Replaces the block of this name. Throws where the file has no such block. */
function replaced(text: string, name: string, block: string): string {
  const [begin, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`write docs/PERSISTENCY.md: expected "${begin}" before "${end}"`)
  return [text.slice(0, from + begin.length), block, text.slice(to)].join('\n\n')
}

function overviewTable(said: Readonly<Record<StoreName, Said>>): string {
  const head = [
    'store',
    'conditional writes',
    'shared',
    'a step writes',
    'recovery',
    'lists',
    'retention',
    'records',
    'metadata',
  ]
  const rows = names.map((name) => {
    const { compareAndSet, shared, growth, recovery, list, removal, records, limit } = said[name]
    const guarded = STORES[name].gaps.rivals === undefined ? 'by tags' : 'no'
    return [
      shown(name),
      compareAndSet === 'always' ? 'always' : guarded,
      yes(shared),
      growth === 'append' ? 'an entry' : 'the document',
      recovery,
      yes(list),
      yes(removal),
      yes(records),
      limit === false ? '1 GB' : limit.toLocaleString('en'),
    ]
  })
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** The type as in saga.json, then the variant: `rest` (no tags). */
function shown(name: StoreName): string {
  const [type, variant] = name.split(' (')
  return variant === undefined ? `\`${type}\`` : `\`${type}\` (${variant}`
}

function yes(can: boolean): string {
  return can ? 'yes' : 'no'
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(FILE, await withStoreTables(await readFile(FILE, 'utf8')))
}
