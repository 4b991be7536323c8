import type { Capability, Said } from './contract/capabilities.ts'
import type { Gaps, FaultKind, FaultGaps } from './contract/gaps.ts'

/** In the order of the docs. */
export type StoreName =
  | 'sqlite'
  | 'memory'
  | 'durable-object'
  | 'mongo'
  | 'upstash-redis'
  | 'redis'
  | 'crud'
  | 'rest (strong tags)'
  | 'rest (no tags)'
  | 'deno-kv'

/**
 * Gaps of one of our stores and their reasons. Its tests give them to the suites, which assert them; docs/PERSISTENCY.md is
 * made of them.
 */
export interface Store {
  /** The server that the suites run against. */
  readonly against: string
  /** Reasons of the capabilities that it lacks. */
  readonly cannot: Readonly<Partial<Record<Capability, string>>>
  readonly gaps: Gaps
  /** Why the fault suite does not apply; its own tests cover faults. */
  readonly noFaults?: string
  /** Faults that the suite causes in a milder form than their name says. */
  readonly milder?: Readonly<Partial<Record<FaultKind, string>>>
  /** Capabilities, where the store cannot be made without its server; its own test compares them. */
  readonly can?: Said
}

const NO_QUERY = 'its two routes know one saga by its id'
const REST = {
  growth: 'the protocol replaces the document, so a step of a long saga writes all of it',
  recovery: `nobody can ask for what is owed, as ${NO_QUERY}: whoever got no answer sends again`,
  list: NO_QUERY,
  removal: 'the protocol has no such route',
  limit:
    'its document holds the commands that are owed and the history beside the metadata, and goes over the wire whole',
} as const
const READ_BY_THE_SERVICE = 'what its reads rest on, and what a failover takes back, is the service’s affair'
const ITS_OWN_PROCESS = 'a save is a call inside the process: there is no line to break'

function everything(why: string, kinds: readonly FaultKind[]): FaultGaps {
  return Object.fromEntries(kinds.map((kind) => [kind, why]))
}

const NO_NEIGHBOUR = 'one process owns the file, and a second one is refused'
const ALONE = 'nobody outside of the process sees it, and it ends with it'
const NO_LIST = 'nobody can list the objects'
const DOCUMENT = 'a document has 16 MiB, and the commands that are owed and the history share them'

/** By the name in the docs. */
export const STORES: Readonly<Record<StoreName, Store>> = {
  sqlite: {
    against: 'real files',
    cannot: { shared: NO_NEIGHBOUR },
    milder: {
      restarted: 'the file is closed and opened again; a process that is killed while it writes is a test of its own',
    },
    gaps: {
      trouble: {
        ...everything(ITS_OWN_PROCESS, ['lost', 'refused']),
        neighbours: NO_NEIGHBOUR,
      },
    },
  },
  memory: {
    against: 'itself',
    cannot: { shared: ALONE },
    gaps: {
      damage: 'nobody but the process reaches what it keeps',
      trouble: {
        ...everything(ITS_OWN_PROCESS, ['lost', 'refused', 'frozen', 'slow']),
        ...everything(ALONE, ['restarted', 'neighbours']),
      },
    },
  },
  'durable-object': {
    against: 'real objects in workerd',
    cannot: {
      shared: 'each saga has an object of its own, which nobody else can write',
      recovery: 'nobody can ask all objects for what is due: each has its alarm',
      list: NO_LIST,
      removal: NO_LIST,
      limit: 'the platform takes two megabytes in a row, and what is owed is beside the metadata',
    },
    noFaults: 'no line leads to an object and no second process: its tests are of eviction, failing storage and alarms',
    gaps: {},
  },
  mongo: {
    against: 'a server that speaks MongoDB’s protocol, in memory',
    milder: { restarted: 'a server in memory would have forgotten everything, so every connection was cut instead' },
    can: {
      compareAndSet: 'always',
      shared: true,
      growth: 'append',
      recovery: 'sweep',
      list: true,
      removal: true,
      limit: 5_000_000,
    },
    cannot: { limit: DOCUMENT },
    gaps: {
      depth: { levels: 90, why: 'BSON ends at a hundred levels, some of which are the document’s' },
      loneSurrogates: 'texts of BSON are UTF-8, which has no half of a surrogate pair',
      nulInKeys: 'U+0000 ends a key of BSON',
      dottedReferences:
        'the driver makes a reference of `$ref` and `$id`, and a name with one dot could not be told back',
    },
  },
  'upstash-redis': {
    against: 'a real Redis behind Upstash’s protocol',
    cannot: {
      limit: 'the provider bounds what a request may have, and a save carries what is owed beside the metadata',
    },
    gaps: {},
  },
  redis: {
    against: 'a real Redis',
    cannot: { limit: 'what it keeps may be read through Upstash’s protocol too, where requests are bounded' },
    gaps: {},
  },
  crud: {
    against: 'a fake that answers as the real service was seen to answer',
    cannot: {
      growth: 'the service takes `history` whole or not at all, so a step of a long saga writes all of it',
      removal: 'how the real service answers a deletion has not been seen, and what cannot be tested is not done',
      limit: DOCUMENT,
    },
    gaps: { rollback: READ_BY_THE_SERVICE },
  },
  'rest (strong tags)': {
    against: 'a service with the two routes, and the example',
    cannot: { compareAndSet: 'a service that ignores `If-Match` cannot be told from a good one', ...REST },
    gaps: { rollback: READ_BY_THE_SERVICE },
  },
  'rest (no tags)': {
    against: 'a service with the two routes',
    cannot: { compareAndSet: 'nothing holds a write to what was read', ...REST },
    milder: { neighbours: 'one after the other; at the same instant the last one wins' },
    gaps: {
      rivals: 'the last one wins, and the promises hold for one writer a saga',
      rollback: READ_BY_THE_SERVICE,
    },
  },
  'deno-kv': {
    against: 'real files in Deno',
    cannot: { limit: 'a value has 64 KiB, and what a saga owes shares them with its metadata' },
    gaps: {},
  },
}
