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

/** The gaps of one store, each with its reason. Its tests pass them to the suites, which assert them; the docs list them. */
export interface Store {
  /** The server or files that the suites run against. */
  readonly against: string
  /** For each capability that it lacks, the reason. */
  readonly cannot: Readonly<Partial<Record<Capability, string>>>
  readonly gaps: Gaps
  /** The reason why the fault suite is not run; the store has tests of its own. */
  readonly noFaults?: string
  /** For each fault that the suite replaces by a milder one, a description of that. */
  readonly milder?: Readonly<Partial<Record<FaultKind, string>>>
  /** The capabilities of a store that needs a server to be constructed; its suite compares them with the running one. */
  readonly can?: Said
}

const NO_QUERY = 'the protocol has two routes, each for one saga by its id'
const REST = {
  growth: 'the protocol replaces the document, so a step of a long saga writes its whole history',
  recovery: `${NO_QUERY}. A sender without an answer sends again, and that sends the commands`,
  list: NO_QUERY,
  removal: 'the protocol has no such route',
  records: 'the protocol has sagas only',
  counts: NO_QUERY,
  limit: 'the document has the unsent commands and the history beside the metadata, and is sent whole',
} as const
const READ_BY_THE_SERVICE = 'the service decides where it reads from, and a failover of its database may lose writes'
const ITS_OWN_PROCESS = 'a save is a call inside the process, without a connection'

function everything(why: string, kinds: readonly FaultKind[]): FaultGaps {
  return Object.fromEntries(kinds.map((kind) => [kind, why]))
}

const NO_NEIGHBOUR = 'one process owns the file; a second process is refused'
const ALONE = 'the sagas are in the memory of one process and end with it'
const NO_LIST = 'the platform has no list of the objects'
const EVERY_HEAD = 'the store has no query for it, so every saga would be sent to the process'
const DOCUMENT = 'a document has at most 16 MiB, which metadata, unsent commands and history share'

/** By the name in the docs. */
export const STORES: Readonly<Record<StoreName, Store>> = {
  sqlite: {
    against: 'real files',
    cannot: { shared: NO_NEIGHBOUR },
    milder: {
      restarted: 'the file is closed and opened again; a separate test kills a process during a write',
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
    cannot: { shared: ALONE, records: ALONE },
    gaps: {
      damage: 'only the process itself can reach them',
      trouble: {
        ...everything(ITS_OWN_PROCESS, ['lost', 'refused', 'frozen', 'slow']),
        ...everything(ALONE, ['restarted', 'neighbours']),
      },
    },
  },
  'durable-object': {
    against: 'real objects in workerd',
    cannot: {
      shared: 'each saga has an object of its own, its only writer',
      recovery: 'the platform has no query over all objects; each object has its own alarm',
      list: NO_LIST,
      removal: NO_LIST,
      records: 'each object holds one saga; [one object beside them](#records-of-the-service) keeps the pauses',
      counts: NO_LIST,
      limit: 'a row has at most two megabytes, which metadata and unsent commands share',
    },
    noFaults:
      'an object has no connection and no second process; other tests evict it and make its storage and alarms fail',
    gaps: {},
  },
  mongo: {
    against: 'a server that speaks MongoDB’s protocol, in memory',
    milder: { restarted: 'every connection is cut instead, since a restart would empty a server in memory' },
    can: {
      compareAndSet: 'always',
      shared: true,
      growth: 'append',
      recovery: 'sweep',
      list: true,
      removal: true,
      records: true,
      counts: true,
      limit: 5_000_000,
    },
    cannot: { limit: DOCUMENT },
    gaps: {
      depth: { levels: 90, why: 'BSON has at most a hundred levels, and the document uses some of them' },
      loneSurrogates: 'BSON strings are UTF-8, which has no halves of surrogate pairs',
      nulInKeys: 'U+0000 ends a key in BSON',
      dottedReferences: 'the driver reads `$ref` with `$id` as a reference, and cannot give a name with one dot back',
    },
  },
  'upstash-redis': {
    against: 'a real Redis behind Upstash’s protocol',
    cannot: {
      limit: 'the provider limits a request, and a save has the unsent commands beside the metadata',
    },
    gaps: {},
  },
  redis: {
    against: 'a real Redis',
    cannot: {
      limit: 'the same data may be read through Upstash’s protocol, which limits requests',
    },
    gaps: {},
  },
  crud: {
    against: 'a fake with the recorded answers of the real service',
    cannot: {
      growth: 'the service replaces `history` as a whole, so a step of a long saga writes its whole history',
      removal: 'the real service’s answer to a deletion is not recorded, so deletion cannot be tested',
      records: 'a collection of the service has the fields of a saga',
      counts: 'the service answers how many documents match, not how many are in each state',
      limit: DOCUMENT,
    },
    gaps: { rollback: READ_BY_THE_SERVICE },
  },
  'rest (strong tags)': {
    against: 'a service with the two routes, and the example',
    cannot: { compareAndSet: 'a service that sends tags and ignores `If-Match` cannot be detected', ...REST },
    gaps: { rollback: READ_BY_THE_SERVICE },
  },
  'rest (no tags)': {
    against: 'a service with the two routes',
    cannot: { compareAndSet: 'without a tag a write has no condition', ...REST },
    milder: { neighbours: 'one after the other; of two writers at the same instant the last one wins' },
    gaps: {
      rivals: 'the last one wins. The promises hold for one writer a saga',
      rollback: READ_BY_THE_SERVICE,
    },
  },
  'deno-kv': {
    against: 'real files in Deno',
    cannot: {
      counts: EVERY_HEAD,
      limit: 'a value has at most 64 KiB, which metadata and unsent commands share',
    },
    gaps: {},
  },
}
