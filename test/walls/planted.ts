/** A wrong file for every wall: its mistake, its place, and the rule that must refuse it. */
export interface Planted {
  readonly wall: string
  /** The folder of the new file, or an existing file. */
  readonly at: string
  readonly code: string
  readonly rule: string
}

const IMPORTS = 'eslint(no-restricted-imports)'
const GLOBALS = 'eslint(no-restricted-globals)'
const PROPERTIES = 'eslint(no-restricted-properties)'

/** A file in `at` that imports a value or a type from the tree or from a package. */
function importing(at: string, from: string, what: 'value' | 'type' = 'value'): Planted {
  const wall = `${at} imports ${what === 'value' ? '' : `${what} of `}${from}`
  const binding = what === 'type' ? 'import type { planted }' : 'import { planted }'
  return { wall, at, code: `${binding} from '${from}'\nexport type Use = typeof planted\n`, rule: IMPORTS }
}

function using(at: string, expression: string, rule: string, wall = `${at} uses ${expression}`): Planted {
  return { wall, at, code: `export const planted: unknown = ${expression}\n`, rule }
}

const MISSING = 'TS2304'

const PURE = ['src/json-schema', 'src/machine', 'src/drawing', 'src/engine', 'src/codec']
/** A folder that the table of rooms does not name: it may import itself only. */
const NEW_ROOM = 'src/new-room'
const CORE = ['src/ports', 'src/config', NEW_ROOM, 'src/orchestrator', 'src/http']
const HOSTS = ['process.env', 'console.log', 'Deno', 'Bun', 'Buffer', 'navigator.userAgent', 'globalThis.process']
const RUNTIME = [
  'performance.now()',
  'fetch',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'crypto.randomUUID()',
  'globalThis.fetch',
]

/** Mistakes that the lint must refuse. */
export const LINTED: readonly Planted[] = [
  // imports of the core
  ...['engine/saga.ts', 'codec/saga-document.ts', 'ports/health.ts', 'errors.ts', 'defaults.ts'].map((to) =>
    importing('src/machine', `../${to}`, 'type'),
  ),
  ...['codec/saga-document.ts', 'ports/health.ts', 'orchestrator/corridor.ts', 'errors.ts'].map((to) =>
    importing('src/engine', `../${to}`, 'type'),
  ),
  ...['ports/health.ts', 'orchestrator/corridor.ts', 'http/app.ts'].map((to) =>
    importing('src/codec', `../${to}`, 'type'),
  ),
  ...['decide', 'evolve', 'merge'].map((to) => importing('src/codec', `../engine/${to}.ts`)),
  ...['orchestrator/corridor.ts', 'config/read-configuration.ts', 'http/app.ts'].map((to) =>
    importing('src/ports', `../${to}`, 'type'),
  ),
  ...['machine/compile.ts', 'engine/decide.ts', 'codec/saga-document.ts'].map((to) =>
    importing('src/ports', `../${to}`),
  ),
  ...['orchestrator/corridor.ts', 'http/app.ts', 'engine/decide.ts', 'codec/saga-document.ts'].map((to) =>
    importing('src/config', `../${to}`, 'type'),
  ),
  ...['persistency', 'channel', 'metrics', 'health'].map((port) => importing('src/config', `../ports/${port}.ts`)),
  ...['orchestrator/corridor.ts', 'engine/decide.ts'].map((to) => importing(NEW_ROOM, `../${to}`, 'type')),
  importing('src/orchestrator', '../http/app.ts', 'type'),
  importing('src/orchestrator', '../new-room/parts.ts'),
  ...['decide', 'evolve', 'merge'].map((to) => importing('src/http', `../engine/${to}.ts`)),
  importing('src/http', '../new-room/parts.ts', 'type'),
  importing('src/errors.ts', './defaults.ts', 'type'),
  ...[...PURE, ...CORE].flatMap((room) =>
    ['adapters/persistency/memory.ts', 'workers/node.ts', 'cli/main.ts', 'testing/contract/persistency.ts'].map((to) =>
      importing(room, `../../${to}`, 'type'),
    ),
  ),
  ...[...PURE, ...CORE].map((room) => importing(room, 'node:fs')),
  ...[...PURE, ...CORE].flatMap((room) =>
    ['kafkajs', 'mongodb', '@redis/client', 'undici', 'pino'].map((library) => importing(room, library)),
  ),
  importing('src', '../adapters/persistency/memory.ts'),

  // adapters
  ...['http/app.ts', 'orchestrator/corridor.ts', 'config/read-configuration.ts', 'machine/compile.ts'].map((to) =>
    importing('adapters/persistency', `../../src/${to}`, 'type'),
  ),
  ...['decide', 'evolve', 'merge'].map((to) => importing('adapters/persistency', `../../src/engine/${to}.ts`)),
  ...['decide', 'evolve', 'merge'].map((to) => importing('adapters/channel/kafka', `../../../src/engine/${to}.ts`)),
  importing('adapters/persistency', './memory.ts'),
  importing('adapters/persistency', './sqlite/connect.ts'),
  importing('adapters/persistency', '../channel/rest.ts'),
  importing('adapters/channel', '../runtime/web.ts'),
  importing('adapters/channel/kafka', '../rest.ts'),
  ...['consumer', 'producer', 'compression'].flatMap((room) =>
    ['kafkajs', 'kafkajs/src/broker/index.js', '../kafkajs/client.ts', '../../rest.ts', 'mongodb', '@redis/client'].map(
      (to) => importing(`adapters/channel/kafka/${room}`, to),
    ),
  ),
  ...['../consumer/source.ts', '../producer/batcher.ts', '../../rest.ts', 'mongodb', '@redis/client'].map((to) =>
    importing('adapters/channel/kafka/kafkajs', to),
  ),
  ...['consumer', 'producer', 'kafkajs'].map((room) =>
    importing(`adapters/channel/kafka/${room}`, '../../../../src/engine/decide.ts'),
  ),
  importing('adapters/persistency/sqlite', '../memory.ts'),
  importing('adapters/runtime', './node.ts'),
  importing('adapters/hooks', '../channel/rest.ts'),
  ...['src/config', 'src/orchestrator', 'adapters/persistency'].map((at) => importing(at, 'acorn')),
  importing('adapters/persistency', '../../workers/node.ts', 'type'),
  importing('adapters/persistency', '../../cli/main.ts', 'type'),
  ...['adapters/persistency', 'adapters/channel', 'adapters/hooks', 'adapters/metrics', 'adapters/runtime'].map(
    (port) => importing(port, 'node:fs'),
  ),
  ...['adapters/persistency', 'adapters/channel/kafka', 'adapters/runtime', 'workers', 'cli', 'testing'].map((at) =>
    importing(at, 'kafkajs'),
  ),
  ...['adapters/persistency', 'adapters/persistency/crud', 'adapters/persistency/sqlite', 'adapters/channel/kafka'].map(
    (at) => importing(at, 'mongodb'),
  ),
  ...['adapters/runtime', 'workers', 'cli', 'testing'].map((at) => importing(at, 'mongodb')),
  ...['adapters/persistency', 'adapters/channel/kafka', 'adapters/runtime', 'workers', 'cli', 'testing'].map((at) =>
    importing(at, '@redis/client'),
  ),
  ...['redis', 'upstash-redis', 'mongo', 'crud'].map((name) =>
    importing(`adapters/persistency/${name}`, '@redis/client'),
  ),
  ...['rest', 'crud', 'mongo', 'upstash-redis', 'redis', 'durable-object', 'deno-kv'].map((name) =>
    importing(`adapters/persistency/${name}.ts`, './sqlite/connect.ts'),
  ),
  ...['rest', 'crud', 'mongo', 'upstash-redis', 'redis'].map((name) =>
    importing(`adapters/persistency/${name}`, '../memory.ts'),
  ),
  importing('adapters/persistency', './redis/persistency.ts'),
  importing('adapters/persistency/crud', '../redis/persistency.ts'),
  importing('adapters/persistency/redis', '../upstash-redis/connect.ts'),

  importing('adapters/channel/kafka/consumer', '../../rest.ts'),
  importing('adapters/channel/kafka/producer', '../../../persistency/memory.ts'),
  importing('adapters/persistency/new-store', '../../../src/ports/health.ts'),
  ...['undici', 'pino', '@upstash/redis', 'prom-client', 'hono'].map((name) =>
    importing('adapters/persistency/mongo', name),
  ),
  importing('adapters/persistency/crud', 'node:fs/promises'),
  importing('src/http/routes', '../../../adapters/persistency/memory.ts', 'type'),
  importing('src/orchestrator/recovery', '../../http/app.ts', 'type'),

  // workers, CLI and suites
  ...['node:fs', '../../cli/main.ts', '../../testing/contract/persistency.ts'].map((to) =>
    importing('workers/edge', to),
  ),
  importing('testing/contract', '../../adapters/persistency/memory.ts'),
  importing('testing/simulation', '../../src/orchestrator/corridor.ts', 'type'),
  ...[
    '../../../adapters/persistency/memory.ts',
    '../../../src/http/app.ts',
    '../../checker/check-run.ts',
    'node:fs',
  ].map((to) => importing('testing/simulation/world', to)),
  importing('testing/simulation/world/stores', '../../../../adapters/persistency/memory.ts'),
  ...['Date.now()', 'Math.random()'].map((name) => using('testing/simulation/world/runs', name, PROPERTIES)),
  using('testing/simulation/world', 'setTimeout', GLOBALS),
  ...['../../src/engine/decide.ts', '../../src/orchestrator/corridor.ts', '../../cli/main.ts', 'node:fs'].map((to) =>
    importing('testing/properties', to),
  ),
  ...['../../src/orchestrator/corridor.ts', '../../src/config/read.ts', '../checker/check-run.ts', 'node:fs'].map(
    (to) => importing('testing/explore', to),
  ),
  ...['testing/properties', 'testing/explore'].map((room) => using(room, 'Date.now()', PROPERTIES)),
  ...[
    'engine/evolve.ts',
    'engine/decide.ts',
    'machine/compile.ts',
    'orchestrator/sending/send-rules.ts',
    'defaults.ts',
  ].map((to) => importing('testing/checker', `../../src/${to}`)),
  importing('testing/checker/rules', '../../../src/engine/evolve.ts'),
  importing('testing/checker', '../contract/writes.ts', 'type'),
  ...['node:fs', '../cli/main.ts', '../testing/contract/persistency.ts', '../test/reporter.ts'].map((to) =>
    importing('workers', to),
  ),
  ...['../test/reporter.ts', '../bench/main.ts'].map((to) => importing('cli', to)),
  ...['../adapters/persistency/memory.ts', '../workers/node.ts', '../cli/main.ts', '../test/reporter.ts'].map((to) =>
    importing('testing', to),
  ),

  // time, chance, network, host
  ...[...PURE, ...CORE].flatMap((room) => [...HOSTS, ...RUNTIME].map((name) => using(room, name, GLOBALS))),
  ...['src/machine', 'src/engine'].map((room) => using(room, 'new Date()', GLOBALS)),
  ...[...PURE, ...CORE].map((room) => using(room, 'Math.random()', PROPERTIES)),
  ...['src/codec', ...CORE].map((room) => using(room, 'Date.now()', PROPERTIES)),
  using('src/orchestrator', 'AbortSignal.timeout(1)', PROPERTIES),
  ...['adapters/persistency', 'adapters/channel'].flatMap((at) => HOSTS.map((name) => using(at, name, GLOBALS))),
  ...['process.env', 'Deno', 'Bun'].map((name) => using('adapters/runtime', name, GLOBALS)),
  ...PURE.map((room) => ({
    wall: `${room} awaits`,
    at: room,
    code: 'export async function planted(): Promise<void> {\n  await Promise.resolve()\n}\n',
    rule: 'oxc(no-async-await)',
  })),

  // everywhere
  ...['src/http', 'adapters/channel', 'cli', 'testing'].flatMap((at) => [
    { wall: `${at} has a default export`, at, code: 'export default 1\n', rule: 'import(no-default-export)' },
    {
      wall: `${at} takes four positional parameters`,
      at,
      code: 'export const planted = (a: number, b: number, c: number, d: number): number => a + b + c + d\n',
      rule: 'eslint(max-params)',
    },
    { wall: `${at} says any`, at, code: 'export type Planted = any\n', rule: 'typescript(no-explicit-any)' },
    {
      wall: `${at} lets a promise float`,
      at,
      code: 'export function planted(work: () => Promise<void>): void {\n  work()\n}\n',
      rule: 'typescript(no-floating-promises)',
    },
  ]),
  {
    wall: 'src/http has a barrel',
    at: 'src/http',
    code: "export * from '../codec/saga-document.ts'\n",
    rule: 'oxc(no-barrel-file)',
  },
  {
    wall: 'src/http imports in a circle, types included',
    at: 'src/http',
    code: "import type { Planted as Self } from './SELF'\nexport interface Planted {\n  readonly self: Self\n}\n",
    rule: 'import(no-cycle)',
  },
]

/** Mistakes that `scan` must refuse. */
export const SCANNED: readonly Planted[] = [
  using('src/codec', 'new Date()', 'clock'),
  using('src/http', 'Date()', 'clock'),
  using('src/orchestrator', 'new Date', 'clock'),
  {
    wall: 'src/codec has a barrel of names',
    at: 'src/codec',
    code: "export { encodeDocument } from './document.ts'\n",
    rule: 'barrel',
  },
  {
    wall: 'adapters have a barrel of types',
    at: 'adapters/channel',
    code: "export type { Channel } from '../../src/ports/channel.ts'\n",
    rule: 'barrel',
  },
]

/** Imports across a missing reference. tsc reports the first file that imports a target, so each target is here once. */
export const UNREFERENCED: readonly Planted[] = [
  ['src/machine', '../engine/saga.ts'],
  ['src/engine', '../codec/saga-document.ts'],
  ['src/codec', '../ports/health.ts'],
  ['src/ports', '../orchestrator/corridor.ts'],
  ['src/http', '../../adapters/persistency/memory.ts'],
  ['adapters/persistency', '../../src/config/read-configuration.ts'],
  ['adapters/metrics', '../persistency/sqlite.ts'],
  ['adapters/persistency/durable-object', '../sqlite.ts'],
].map(([at = '', from = '']) => ({
  wall: `${at} imports ${from}`,
  at,
  code: `import type * as planted from '${from}'\nexport type Use = typeof planted\n`,
  rule: 'TS6307',
}))

/** Mistakes that the compiler must refuse. */
export const TYPED: readonly Planted[] = [
  ...[...PURE, 'src/ports'].flatMap((room) => [
    ...['fetch', 'setTimeout', 'performance', 'crypto'].map((name) => using(room, name, MISSING)),
    using(room, 'console', 'TS2584'),
    using(room, 'process', 'TS2591'),
  ]),
  ...['src/http', 'adapters/metrics'].flatMap((at) => ['process', 'Buffer'].map((name) => using(at, name, 'TS2591'))),
  using('src/orchestrator', 'Deno', MISSING),
  ...['testing/simulation', 'testing/properties', 'testing/explore'].flatMap((room) =>
    ['setTimeout', 'setImmediate', 'fetch'].map((name) => using(room, name, MISSING)),
  ),
  using('src/orchestrator', 'Bun', 'TS2868'),
  ...Object.entries({
    TS1294: 'export enum Planted {\n  One,\n}\n',
    TS1484: "import { Saga } from '../engine/saga.ts'\nexport type Planted = Saga\n",
    TS2322: 'export const planted = (list: readonly string[]): string => list[0]\n',
    TS2375: 'export const planted: { one?: string } = { one: undefined as string | undefined }\n',
    TS4114: 'class One {\n  two(): void {}\n}\nexport class Planted extends One {\n  two(): void {}\n}\n',
    TS7029: 'export function planted(n: number): void {\n  switch (n) {\n    case 1:\n      n++\n    case 2:\n  }\n}\n',
    TS18048: 'export const planted = (one?: string): number => one.length\n',
  }).map(([rule, code]) => ({ wall: `src/http breaks ${rule}`, at: 'src/http', code, rule })),
]
