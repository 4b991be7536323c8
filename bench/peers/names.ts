/** The subjects in the order of the tables. The first is this project. */
export const PEERS = ['batuta', 'plain', 'restate-1', 'restate', 'dbos'] as const

/** A subject that leads sagas over HTTP. */
export type PeerName = (typeof PEERS)[number]

export const TITLES: Readonly<Record<PeerName, string>> = {
  batuta: 'Batuta, SQLite',
  plain: 'service without features',
  'restate-1': 'Restate, one partition',
  restate: 'Restate, its defaults',
  dbos: 'DBOS, PostgreSQL',
}

export const AT_ONCE = [1, 16, 64] as const
