import { lackedBy } from '../../testing/contract/capabilities.ts'
import type { Capability, Said } from '../../testing/contract/capabilities.ts'
import { FAULT_KINDS } from '../../testing/contract/gaps.ts'
import type { Gaps, FaultKind } from '../../testing/contract/gaps.ts'
import type { Store } from '../../testing/stores.ts'

/** The list of one store in docs/PERSISTENCY.md: each limit with its reason, then its tests. */
export function storeList(store: Store, said: Said): string {
  const limits = lackedBy(said).map((lacked) => `${LACKS[lacked](said)}: ${store.cannot[lacked] ?? ''}.`)
  return [...limits, ...valueGaps(store.gaps), ...testsOf(store)].map(item).join('\n')
}

const LACKS: Readonly<Record<Capability, (said: Said) => string>> = {
  compareAndSet: () => 'Not every write is conditional',
  shared: () => 'Not shared between processes',
  growth: () => 'A step writes the whole document',
  recovery: () => 'No sweep',
  list: () => '`GET /sagas` is 501',
  removal: () => 'No `settings.retention`',
  records: () => 'Bulk operations and paused channels are not kept in it',
  counts: ({ list }) =>
    list
      ? '`GET /sagas?counts=true` reads the sagas one by one, at most 10,000 and 5 s; beyond, `uncounted` says so'
      : '`GET /sagas?counts=true` is 501',
  limit: ({ limit }) => `At most ${limit.toLocaleString('en')} bytes of metadata`,
}

/** Values that are refused or come back changed, and guarantees that do not hold. */
function valueGaps({ depth, loneSurrogates, nulInKeys, dottedReferences, rivals, rollback, damage }: Gaps): string[] {
  const gaps: readonly (readonly [string, string | undefined])[] = [
    ['Two writers at the same instant are not detected', rivals],
    ['A read may be rolled back', rollback],
    ['Damaged sagas are not tested', damage],
    [`Metadata with more than ${depth?.levels} levels is 413`, depth?.why],
    ['Half of a surrogate pair in metadata comes back as U+FFFD', loneSurrogates],
    ['Metadata with U+0000 in a key is 413', nulInKeys],
    ['Metadata with `{"$ref": "a.b", "$id": …}` is 413', dottedReferences],
  ]
  return gaps.flatMap(([gap, why]) => (why === undefined ? [] : [`${gap}: ${why}.`]))
}

const FAULTS: Readonly<Record<FaultKind, string>> = {
  lost: 'a lost request or answer',
  frozen: 'a frozen store',
  refused: 'a refused connection',
  slow: 'a slow store',
  restarted: 'a restart',
  neighbours: 'two processes',
}

function testsOf({ against, gaps, noFaults, milder }: Store): string[] {
  if (noFaults !== undefined) return [`Tested against ${against}. No suite of faults: ${noFaults}.`]
  const missing = new Map<string, FaultKind[]>()
  for (const fault of FAULT_KINDS) {
    const why = gaps.trouble?.[fault]
    if (why !== undefined) missing.set(why, [...(missing.get(why) ?? []), fault])
  }
  const tested = FAULT_KINDS.filter((fault) => gaps.trouble?.[fault] === undefined)
  const faults = tested.length === FAULT_KINDS.length ? 'every fault listed above' : listed(tested)
  return [
    `Tested against ${against}${tested.length === 0 ? '' : `, with ${faults}`}.`,
    ...tested.flatMap((fault) =>
      milder?.[fault] === undefined ? [] : [`${capital(FAULTS[fault])}: ${milder[fault]}.`],
    ),
    ...[...missing].map(([why, kinds]) => `Not tested with ${listed(kinds)}: ${why}.`),
  ]
}

function listed(faults: readonly FaultKind[]): string {
  return faults.map((fault) => FAULTS[fault]).join(', ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const WIDTH = 120

/** A list item, wrapped between words; a code span stays on one line. */
function item(text: string): string {
  const lines: string[] = []
  let line = '-'
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/g) ?? []) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ' '
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}
