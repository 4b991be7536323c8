import { DBOS_SERVICE, PACKAGES, POSTGRES, RESTATE, RESTATE_SERVICE } from './settings.ts'

export const WHAT = `A saga: created over HTTP, a command to a participant, its event, a command, its event, confirmed. The driver and its
participant share a process, the same for all. Timed from the creation to the answer that says confirmed. A fresh process of
the peer and of the driver each round, the order reversed every round; in it 1, 16 and 64 in flight, one after the other.
Medians of all rounds; × is this project's advantage, the median of the ratios of each round: in sagas a second, and in
processor time of all processes of the peer.`

export const DIFFERENCES = `What differs:
  Batuta answers a creation when it is on the disk, and an event with the state that it led to. It keeps the saga with its
    history, queryable, and settles each command. The definition is a JSON state machine; no code of the user runs.
  Restate and DBOS answer the creation once, when the saga is final: one answer less for a saga. Their answer to an event
    says that it is stored, not what it led to. Both run code of the user, which may loop, branch and call as it likes.
  Restate journals each step of that code, on a service of the user behind its server: two processes, with a stream between
    them. With one partition no journal is kept here after the end, so a finished saga cannot be looked at; its defaults
    are 24 partitions and a day. Its server can be a cluster with replicas.
  DBOS is a library in the service: each step, message and result is a transaction of PostgreSQL, which others can query
    and which can be replicated and backed up as such. Its workflows are kept. recv adds a durable deadline.
  The service without features has no timers, retries, recovery, idempotency keys, lists or history: an upper bound for Node and
    SQLite with one write a step, no product.`

export const NOT_MEASURED = `What this does not measure: a network, TLS, tokens; participants that take time or fail; several nodes, replicas; stores that
have grown for days; sagas of many steps, or with large data. All processes share the cores of one machine with the driver; where
others keep it busy, a peer of several processes gets more of it than a service of one. Peers without a program in a registry
(Temporal and others) are absent. Compare ratios, and figures of one machine only.`

/** Versions and settings, durability first. */
export function settingsText(): string {
  return [
    'Settings, all in bench/peers/settings.ts:',
    '  Batuta: SQLite, WAL, synchronous = FULL: each acknowledgement waits for the fsync of its commit; flags of npm start',
    '  service without features: the same SQLite settings, one commit for the writes of a turn of the event loop',
    `  Restate: ${versions(PACKAGES.restate)}; ${RESTATE.durability}`,
    `    both: ${pairs(RESTATE.common)}`,
    `    one partition: ${both(RESTATE.onePartition)}; its defaults: ${both(RESTATE.defaults)}`,
    `    its service: ${pairs(RESTATE_SERVICE.variables)}; steps with ctx.run, events resolve awakeables`,
    `  DBOS: ${versions(PACKAGES.dbos)}; ${POSTGRES.durability}`,
    `    PostgreSQL: ${pairs(POSTGRES.settings)}`,
    `    its service: ${pairs(DBOS_SERVICE.variables)}; ${pairs(DBOS_SERVICE.options)}; DBOS.runStep, DBOS.recv, events by DBOS.send`,
  ].join('\n')
}

function versions(packages: Readonly<Record<string, string>>): string {
  return Object.entries(packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}

function both({ variables, service }: { readonly variables: object; readonly service: object }): string {
  return pairs({ ...variables, ...service })
}

function pairs(settings: object): string {
  const list = Object.entries(settings).map(([name, value]) => `${name}=${String(value)}`)
  return list.length === 0 ? 'none' : list.join(' ')
}
