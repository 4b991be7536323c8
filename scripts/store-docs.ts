/** `npm run docs:persistency`: writes what each store can, cannot, and why, into docs/PERSISTENCY.md. */
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { lackedBy } from '../testing/contract/capabilities.ts'
import type { Capability, Said } from '../testing/contract/capabilities.ts'
import { FAULT_KINDS } from '../testing/contract/gaps.ts'
import type { Gaps, FaultKind } from '../testing/contract/gaps.ts'
import { STORES } from '../testing/stores.ts'
import type { Store, StoreName } from '../testing/stores.ts'
import { capabilities } from './store-docs/capabilities.ts'

const FILE = new URL('../docs/PERSISTENCY.md', import.meta.url)
const BEGIN = '<!-- begin: written by `npm run docs:persistency` from what the stores say and the suites assert -->'
const END = '<!-- end -->'

/** The file as it is to be: everything between the marks is ours, the rest is left alone. */
export async function withStoreTables(text: string): Promise<string> {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin === -1 || end < begin) throw new Error(`write docs/PERSISTENCY.md: expected "${BEGIN}" before "${END}"`)
  const said = await capabilities()
  const parts = [canTable(said), cannotTable(said), troubleTable()]
  return [text.slice(0, begin + BEGIN.length), ...parts, text.slice(end)].join('\n\n')
}

const stores = Object.entries(STORES) as [StoreName, Store][]

function canTable(said: Readonly<Record<StoreName, Said>>): string {
  const head = ['store', 'conditional writes', 'shared by processes', 'a step costs', 'recovers by', 'lists', 'removes']
  const rows = stores.map(([name, { gaps }]) => {
    const { compareAndSet, shared, growth, recovery, list, removal, limit } = said[name]
    const guarded = gaps.rivals === undefined ? 'by the service’s tags' : 'no'
    return [
      shown(name),
      compareAndSet === 'always' ? 'always' : guarded,
      yes(shared),
      growth === 'append' ? 'an append' : 'the document',
      recovery,
      yes(list),
      yes(removal),
      limit === false ? 'a gigabyte' : limit.toLocaleString('en'),
    ]
  })
  return table([...head, 'bytes of metadata, at most'], rows)
}

const LACKS: Readonly<Record<Capability, string>> = {
  compareAndSet: 'writes that are always conditional',
  shared: 'sharing',
  growth: 'appending',
  recovery: 'a sweep',
  list: 'listing',
  removal: 'removing',
  limit: 'room for any metadata',
}

/** One row for each thing that stores cannot do for the same reason. */
function cannotTable(said: Readonly<Record<StoreName, Said>>): string {
  const rows = new Map<string, { what: string; why: string; names: string[] }>()
  for (const [name, { cannot, gaps }] of stores) {
    const lacked = lackedBy(said[name]).map((capability) => [LACKS[capability], cannot[capability] ?? ''] as const)
    for (const [what, why] of [...lacked, ...valueGaps(gaps)]) {
      const row = rows.get(what + why) ?? { what, why, names: [] }
      rows.set(what + why, row)
      row.names.push(shown(name))
    }
  }
  const sorted = [...rows.values()].toSorted((one, other) => one.what.localeCompare(other.what, 'en'))
  return table(
    ['not to be had', 'in', 'since'],
    sorted.map(({ what, why, names }) => [what, names.join('; '), why]),
  )
}

/** What comes back otherwise than it went, or not at all; who overwrites whom; and what may be taken back. */
function valueGaps({ depth, loneSurrogates, nulInKeys, dottedReferences, rivals, rollback, damage }: Gaps) {
  const gaps: (readonly [string, string | undefined])[] = [
    ['telling two writers at the same instant apart', rivals],
    ['reads that cannot be rolled back', rollback],
    ['damaged sagas that are passed over', damage],
    [`metadata with more than ${depth?.levels} levels (too large)`, depth?.why],
    ['metadata with half of a surrogate pair (comes back as U+FFFD)', loneSurrogates],
    ['metadata with U+0000 in a key (too large)', nulInKeys],
    ['metadata with `{"$ref": "a.b", "$id": …}` (too large)', dottedReferences],
  ]
  return gaps.flatMap(([what, why]) => (why === undefined ? [] : [[what, why] as const]))
}

const TROUBLE: Readonly<Record<FaultKind, string>> = {
  lost: 'request or answer lost',
  frozen: 'frozen',
  refused: 'refused',
  slow: 'slow',
  restarted: 'restarted',
  neighbours: 'two processes',
}

/** What the fault suite does to each; what cannot befall one is numbered, and told below. */
function troubleTable(): string {
  const notes: string[] = []
  const noted = (word: string, why: string): string => {
    if (!notes.includes(why)) notes.push(why)
    return `${word} (${notes.indexOf(why) + 1})`
  }
  const rows = stores.map(([name, { against, gaps, noFaults, milder }]) => {
    const told = FAULT_KINDS.map((kind) => {
      const [why, instead] = [gaps.trouble?.[kind] ?? noFaults, milder?.[kind]]
      if (why !== undefined) return noted('–', why)
      return instead === undefined ? 'yes' : noted('yes', instead)
    })
    return [shown(name), against, ...told]
  })
  const head = ['stands', 'the suites run against', ...FAULT_KINDS.map((kind) => TROUBLE[kind])]
  return [table(head, rows), notes.map((why, at) => `${at + 1}. ${why}`).join('\n')].join('\n\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** The type as it is written in saga.json, then what else tells two of one type apart. */
function shown(name: StoreName): string {
  const [type, more] = name.split(' (')
  return more === undefined ? `\`${type}\`` : `\`${type}\` (${more}`
}

function yes(can: boolean): string {
  return can ? 'yes' : 'no'
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(FILE, await withStoreTables(await readFile(FILE, 'utf8')))
}
