/**
 * The table of rooms: which modules a room may import, and which globals of a host it has. `npm run walls` makes the lint of it.
 * A room is a folder with all that is in it, and the file of its name beside it. Folders end with "/".
 */
export interface Room {
  readonly room: string
  /** Folders and files of the tree beside its own. All else is refused. */
  readonly imports?: readonly string[]
  /** The same, for types only. */
  readonly types?: readonly string[]
  readonly packages?: readonly string[]
  /** Globals of a host that the room has, of those in `HOST`. */
  readonly has?: readonly string[]
  readonly isPure?: true
}

/** A room that may import all but this. */
export interface OpenRoom {
  readonly room: string
  readonly refuses: readonly string[]
}

const LEAVES = ['src/errors.ts', 'src/defaults.ts']
const NODE = ['node:*', 'node:*/**']

/** The core: no host. Time, chance and network come from `Runtime`. */
export const CORE: readonly Room[] = [
  { room: 'src/machine', packages: ['@noble/hashes/**'], isPure: true },
  { room: 'src/engine', imports: ['src/machine/'], isPure: true },
  { room: 'src/codec', imports: ['src/machine/'], types: ['src/engine/'], packages: ['valibot', '@noble/hashes/**'] },
  { room: 'src/ports', types: ['src/machine/', 'src/engine/', 'src/codec/'] },
  {
    room: 'src/config',
    imports: [...LEAVES, 'src/machine/', 'src/ports/runtime.ts'],
    types: ['src/engine/saga.ts'],
    packages: ['valibot', 'fastest-levenshtein', 'jsonc-parser', 'tinyduration'],
  },
  {
    room: 'src/orchestrator',
    imports: [...LEAVES, ...['machine/', 'engine/', 'codec/', 'ports/', 'config/'].map((name) => `src/${name}`)],
    packages: ['uuid', '@noble/hashes/**'],
  },
  {
    room: 'src/http',
    imports: [...LEAVES, 'src/version.ts', 'src/codec/', 'src/ports/', 'src/orchestrator/'],
    types: ['src/engine/'],
    packages: ['hono', 'hono/**', 'valibot', '@noble/hashes/**'],
  },
]

const PORT = [...LEAVES, 'src/ports/', 'src/codec/', 'src/group.ts', 'src/slices.ts', 'adapters/timing.ts']
const WEB = [...PORT, 'adapters/runtime/web.ts']
const REDIS = [...PORT, 'adapters/persistency/redis/']

/** Adapters know the ports, and not one another. All have the types of a saga. */
export const ADAPTERS: readonly Room[] = [
  { room: 'adapters/timing', imports: LEAVES },
  { room: 'adapters/channel/rest', imports: PORT },
  { room: 'adapters/channel/kafka', imports: PORT, packages: NODE, has: ['Buffer'] },
  {
    room: 'adapters/channel/kafka/kafkajs',
    imports: [...PORT, 'adapters/channel/kafka/'],
    packages: [...NODE, 'kafkajs', 'kafkajs/**'],
    has: ['Buffer'],
  },
  { room: 'adapters/metrics', imports: PORT, packages: ['prom-client', 'prom-client/**'] },
  { room: 'adapters/persistency/memory', imports: PORT },
  { room: 'adapters/persistency/sqlite', imports: PORT, packages: NODE },
  { room: 'adapters/persistency/durable-object', imports: PORT },
  { room: 'adapters/persistency/deno-kv', imports: PORT, has: ['Deno'] },
  { room: 'adapters/persistency/rest', imports: PORT },
  { room: 'adapters/persistency/crud', imports: PORT },
  { room: 'adapters/persistency/mongo', imports: PORT, packages: ['mongodb'] },
  { room: 'adapters/persistency/redis', imports: PORT, packages: ['@noble/hashes/**'] },
  { room: 'adapters/persistency/redis.ts', imports: REDIS, packages: ['@redis/client'] },
  { room: 'adapters/persistency/upstash-redis', imports: REDIS, packages: ['@upstash/redis/**'] },
  { room: 'adapters/runtime/web', imports: PORT },
  {
    room: 'adapters/runtime/node',
    imports: WEB,
    packages: [...NODE, 'undici', 'pino'],
    has: ['process', 'console', 'Buffer'],
  },
  { room: 'adapters/runtime/deno', imports: WEB, has: ['Deno', 'console'] },
  { room: 'adapters/runtime/bun', imports: WEB, has: ['Bun', 'console'] },
  { room: 'adapters/runtime/workerd', imports: WEB, has: ['console'] },
]

/** Packages that one adapter alone imports; workers, CLI and suites know them only through it. */
const DRIVERS = ['kafkajs', 'mongodb', '@redis/client']
const TESTS = ['test/', 'bench/']

export const OPEN: readonly OpenRoom[] = [
  { room: 'workers', refuses: [...DRIVERS, ...NODE, 'cli/', 'testing/', ...TESTS] },
  { room: 'cli', refuses: [...DRIVERS, ...TESTS] },
  { room: 'testing', refuses: [...DRIVERS, 'adapters/', 'workers/', 'cli/', ...TESTS] },
]

/** Files of `workers` that belong to Node, or to every host with processes. */
export const NODE_WORKERS: readonly string[] = [
  'workers/{node,kafka,serve,process-host,node-listener,listen-address,make-folder,trusting-fetch}.ts',
]
