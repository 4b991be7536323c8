import type { AdapterRoom, OpenRoom, Room } from './room.ts'

// The imports and the globals of each room. `npm run walls` makes the lint and the tsconfigs of these tables.

const LEAVES = ['src/errors.ts', 'src/defaults.ts']
const NODE = ['node:*', 'node:*/**']

/** The core: no host. Time, chance and network come from `Runtime`. */
export const CORE: readonly Room[] = [
  { room: 'src/json-schema', lacks: ['Date', 'async'] },
  {
    room: 'src/machine',
    imports: ['src/json-schema/'],
    packages: ['@noble/hashes/**', 'tinyduration'],
    lacks: ['Date', 'async'],
  },
  { room: 'src/drawing', imports: ['src/machine/'], lacks: ['Date', 'async'] },
  { room: 'src/engine', imports: ['src/machine/'], lacks: ['Date', 'async'] },
  {
    room: 'src/codec',
    imports: ['src/machine/'],
    types: ['src/engine/'],
    packages: ['valibot', '@noble/hashes/**'],
    lacks: ['async'],
  },
  { room: 'src/ports', types: ['src/machine/', 'src/engine/', 'src/codec/'] },
  {
    room: 'src/config',
    imports: [...LEAVES, 'src/json-schema/', 'src/machine/', 'src/ports/runtime.ts'],
    types: ['src/engine/saga.ts'],
    packages: ['valibot', 'fastest-levenshtein', 'jsonc-parser'],
  },
  {
    room: 'src/orchestrator',
    imports: [...LEAVES, ...['machine/', 'engine/', 'codec/', 'ports/', 'config/'].map((name) => `src/${name}`)],
    packages: ['uuid', '@noble/hashes/**'],
  },
  {
    room: 'src/http',
    imports: [
      ...LEAVES,
      'src/version.ts',
      'src/codec/',
      'src/ports/',
      'src/orchestrator/',
      'src/config/nearest-word.ts',
    ],
    types: ['src/engine/'],
    packages: ['hono', 'hono/**', 'valibot', '@noble/hashes/**'],
  },
  {
    room: 'src/console',
    imports: [
      ...LEAVES,
      'src/version.ts',
      ...['http/', 'config/', 'drawing/', 'picture-routes/'].map((name) => `src/${name}`),
    ],
    types: ['src/machine/'],
    packages: ['hono', 'hono/**', 'valibot'],
  },
  {
    room: 'src/documentation',
    imports: [...LEAVES, 'src/version.ts', 'src/http/'],
    types: ['src/machine/', 'src/config/'],
    packages: ['hono', 'valibot'],
  },
  {
    room: 'src/picture-routes',
    imports: ['src/version.ts', 'src/http/', 'src/drawing/'],
    types: ['src/machine/', 'src/config/', 'src/codec/', 'src/orchestrator/'],
    packages: ['hono', 'valibot', '@noble/hashes/**'],
  },
]

const PORT = [...LEAVES, 'src/ports/', 'src/codec/', 'src/group-commit.ts', 'src/slices.ts', 'adapters/timing.ts']
const WEB = [...PORT, 'adapters/runtime/web.ts']
/** The files at the root of the Kafka channel, which all of its rooms know. */
const KAFKA = [...PORT, 'adapters/channel/kafka/*.ts']
const REDIS = [...PORT, 'adapters/persistency/redis/']

/** Adapters know the ports, and not one another. All have the types of a saga. */
export const ADAPTERS: readonly AdapterRoom[] = [
  { room: 'adapters/timing.ts', host: 'web', imports: LEAVES },
  { room: 'adapters/channel/rest', host: 'web', imports: PORT },
  { room: 'adapters/channel/kafka/', host: 'node', imports: PORT, has: ['Buffer'] },
  {
    room: 'adapters/channel/kafka/consumer/',
    host: 'node',
    imports: [...KAFKA, 'adapters/channel/kafka/producer/'],
    has: ['Buffer'],
  },
  { room: 'adapters/channel/kafka/producer/', host: 'node', imports: KAFKA, has: ['Buffer'] },
  { room: 'adapters/channel/kafka/compression/', host: 'node', imports: LEAVES, packages: NODE, has: ['Buffer'] },
  {
    room: 'adapters/channel/kafka/kafkajs/',
    host: 'node',
    imports: [...KAFKA, 'adapters/channel/kafka/compression/'],
    packages: [...NODE, 'kafkajs', 'kafkajs/**'],
    has: ['Buffer'],
  },
  { room: 'adapters/hooks/', host: 'web', imports: [], packages: ['acorn'] },
  { room: 'adapters/metrics/', host: 'web', imports: PORT, packages: ['prom-client', 'prom-client/**'] },
  {
    room: 'adapters/process-metrics',
    host: 'node',
    imports: [...PORT, 'adapters/metrics/prometheus.ts'],
    packages: [...NODE, 'prom-client', 'prom-client/**'],
  },
  { room: 'adapters/persistency/memory', host: 'web', imports: PORT },
  { room: 'adapters/persistency/sqlite', host: 'node', imports: PORT, packages: NODE },
  { room: 'adapters/persistency/durable-object', host: 'workerd', imports: PORT },
  { room: 'adapters/persistency/deno-kv', host: 'node', imports: PORT, has: ['Deno'] },
  { room: 'adapters/persistency/rest', host: 'web', imports: PORT },
  { room: 'adapters/persistency/crud', host: 'web', imports: PORT },
  { room: 'adapters/persistency/mongo', host: 'node', imports: PORT, packages: ['mongodb'] },
  { room: 'adapters/persistency/redis/', host: 'web', imports: PORT, packages: ['@noble/hashes/**'] },
  { room: 'adapters/persistency/redis.ts', host: 'node', imports: REDIS, packages: ['@redis/client'] },
  { room: 'adapters/persistency/upstash-redis', host: 'web', imports: REDIS, packages: ['@upstash/redis/**'] },
  { room: 'adapters/runtime/web', host: 'web', imports: PORT },
  {
    room: 'adapters/runtime/node',
    host: 'node',
    imports: WEB,
    packages: [...NODE, 'undici', 'pino'],
    has: ['process', 'console', 'Buffer'],
  },
  { room: 'adapters/runtime/deno', host: 'node', imports: WEB, has: ['Deno', 'console'] },
  { room: 'adapters/runtime/bun', host: 'node', imports: WEB, packages: NODE, has: ['Bun', 'console'] },
  { room: 'adapters/runtime/workerd', host: 'workerd', imports: WEB, has: ['console'] },
]

/**
 * The checker of histories is written from the rules: of the code that it judges it has the types alone. A wrong engine must be judged
 * by something else.
 */
export const TESTING: readonly Room[] = [
  {
    room: 'testing/checker/',
    imports: ['src/machine/duration.ts'],
    types: ['src/machine/definition.ts', 'src/engine/', 'src/codec/', 'src/orchestrator/', 'src/ports/'],
  },
]

/** Packages that one adapter alone imports; workers, CLI and suites know them only through it. */
const DRIVERS = ['kafkajs', 'mongodb', '@redis/client']
const TESTS = ['test/', 'bench/']

/** Rooms above the adapters. They may import all but this. */
export const OPEN: readonly OpenRoom[] = [
  {
    room: 'workers',
    refuses: [...DRIVERS, ...NODE, 'cli/', 'testing/', ...TESTS],
    nodeFiles: [
      'workers/{node,kafka,serve,process-host,node-listener,listen-address,make-folder,trusting-fetch,front-doors,turn-budget,quick-refusal,connection-bound}.ts',
    ],
  },
  { room: 'pages', refuses: [...DRIVERS, ...NODE, 'src/', 'adapters/', 'workers/', 'cli/', 'testing/', ...TESTS] },
  { room: 'cli', refuses: [...DRIVERS, ...TESTS] },
  { room: 'testing', refuses: [...DRIVERS, 'adapters/', 'workers/', 'cli/', ...TESTS] },
]

/** Rooms of `testing/` without a host, whose time and chance are their own: the same seed must give the same run everywhere. */
export const DETERMINISTIC: readonly Room[] = [
  { room: 'testing/simulation/', imports: ['src/engine/', 'src/ports/'] },
  {
    room: 'testing/simulation/world/',
    imports: [
      ...LEAVES,
      ...['machine/', 'engine/', 'codec/', 'ports/', 'orchestrator/'].map((name) => `src/${name}`),
      'testing/simulation/seeded-random.ts',
    ],
    types: ['testing/checker/'],
  },
  { room: 'testing/properties/', imports: ['src/config/'], types: ['src/machine/'], packages: ['valibot'] },
  { room: 'testing/explore/', imports: ['src/machine/', 'src/engine/', 'testing/properties/'] },
]
