/** Every version and every setting of every peer. A better setting for one of them is a change in this file. */

/** npm packages by name → exact version. Each set is installed in a folder of its own below `data/peers/`. */
export const PACKAGES = {
  restate: {
    '@restatedev/restate-server': '1.7.12',
    '@restatedev/restate-sdk': '1.17.2',
    undici: '8.12.4', // the client of this project too
  },
  dbos: { '@dbos-inc/dbos-sdk': '5.3.0', undici: '8.12.4' },
  xstate5: { xstate: '5.33.3' },
  xstate6: { xstate: '6.0.0-alpha.52' },
} as const

/** A set of packages. */
export type PackageSet = keyof typeof PACKAGES

/** Variables of Restate's server, and options of the service on its SDK. What is absent has its default. */
export const RESTATE = {
  /** Both runs. */
  common: {
    RESTATE_DISABLE_TELEMETRY: 'true',
    RESTATE_LOG_FILTER: 'warn', // lines of every invocation would cost it processor time
    RESTATE_LISTEN_MODE: 'tcp',
    RESTATE_BIND_IP: '127.0.0.1',
    RESTATE_ADVERTISED_HOST: '127.0.0.1',
  },
  /** One partition: fewer writes and threads on two cores than 24. No journal is kept after the end of an invocation. */
  onePartition: { variables: { RESTATE_DEFAULT_NUM_PARTITIONS: '1' }, service: { journalRetention: 0 } },
  /** 24 partitions; journals are kept for a day. */
  defaults: { variables: {}, service: {} },
  durability:
    'its log waits for an fsync of RocksDB’s write-ahead log (rocksdb-disable-wal-fsync = false, the default); one node, replication 1',
} as const

/** The process with the service of Restate's SDK. */
export const RESTATE_SERVICE = {
  flags: [],
  variables: { NODE_ENV: 'production', RESTATE_LOGGING: 'WARN' },
} as const

/** PostgreSQL, started by the bench on a new folder. */
export const POSTGRES = {
  settings: {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    wal_sync_method: 'fdatasync', // the default on Linux
    shared_buffers: '256MB',
    max_wal_size: '4GB', // no checkpoint during a measurement
    wal_compression: 'off',
    max_connections: '100',
    listen_addresses: '', // a Unix socket is faster than the loopback
    jit: 'off',
  },
  durability: 'each transaction waits for an fdatasync (fsync = on, synchronous_commit = on)',
} as const

/** The service with DBOS in it. */
export const DBOS_SERVICE = {
  flags: [],
  variables: { NODE_ENV: 'production' },
  /** Options of `DBOS.setConfig`. A pool of 10 and listening to NOTIFY are its defaults; 20 and 32 connections were not faster here. */
  options: { systemDatabasePoolSize: 10, useListenNotify: true, logLevel: 'warn' },
  /** Seconds for which `DBOS.recv` waits. */
  patience: 60,
} as const
