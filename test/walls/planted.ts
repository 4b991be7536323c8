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
function arrow(at: string, from: string, what: 'value' | 'type' = 'value'): Planted {
  const wall = `${at} imports ${what === 'value' ? '' : `${what} of `}${from}`
  const binding = what === 'type' ? 'import type { planted }' : 'import { planted }'
  return { wall, at, code: `${binding} from '${from}'\nexport type Use = typeof planted\n`, rule: IMPORTS }
}

function use(at: string, expression: string, rule: string, wall = `${at} uses ${expression}`): Planted {
  return { wall, at, code: `export const planted: unknown = ${expression}\n`, rule }
}

const MISSING = 'TS2304'

const PURE = ['src/machine', 'src/engine', 'src/codec']
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
  ...['engine/saga.ts', 'codec/document.ts', 'ports/health.ts', 'errors.ts', 'defaults.ts'].map((to) =>
    arrow('src/machine', `../${to}`, 'type'),
  ),
  ...['codec/document.ts', 'ports/health.ts', 'orchestrator/corridor.ts', 'errors.ts'].map((to) =>
    arrow('src/engine', `../${to}`, 'type'),
  ),
  ...['ports/health.ts', 'orchestrator/corridor.ts', 'http/app.ts'].map((to) => arrow('src/codec', `../${to}`, 'type')),
  ...['decide', 'evolve', 'merge'].map((to) => arrow('src/codec', `../engine/${to}.ts`)),
  ...['orchestrator/corridor.ts', 'config/read-configuration.ts', 'http/app.ts'].map((to) =>
    arrow('src/ports', `../${to}`, 'type'),
  ),
  ...['machine/compile.ts', 'engine/decide.ts', 'codec/document.ts'].map((to) => arrow('src/ports', `../${to}`)),
  ...['orchestrator/corridor.ts', 'http/app.ts', 'engine/decide.ts', 'codec/document.ts'].map((to) =>
    arrow('src/config', `../${to}`, 'type'),
  ),
  ...['persistency', 'channel', 'metrics', 'health'].map((port) => arrow('src/config', `../ports/${port}.ts`)),
  ...['orchestrator/corridor.ts', 'engine/decide.ts'].map((to) => arrow(NEW_ROOM, `../${to}`, 'type')),
  arrow('src/orchestrator', '../http/app.ts', 'type'),
  arrow('src/orchestrator', '../new-room/parts.ts'),
  ...['decide', 'evolve', 'merge'].map((to) => arrow('src/http', `../engine/${to}.ts`)),
  arrow('src/http', '../new-room/parts.ts', 'type'),
  arrow('src/errors.ts', './defaults.ts', 'type'),
  ...[...PURE, ...CORE].flatMap((room) =>
    ['adapters/persistency/memory.ts', 'workers/node.ts', 'cli/main.ts', 'testing/contract/persistency.ts'].map((to) =>
      arrow(room, `../../${to}`, 'type'),
    ),
  ),
  ...[...PURE, ...CORE].map((room) => arrow(room, 'node:fs')),
  ...[...PURE, ...CORE].flatMap((room) =>
    ['kafkajs', 'mongodb', '@redis/client', 'undici', 'pino'].map((library) => arrow(room, library)),
  ),
  arrow('src', '../adapters/persistency/memory.ts'),

  // adapters
  ...['http/app.ts', 'orchestrator/corridor.ts', 'config/read-configuration.ts', 'machine/compile.ts'].map((to) =>
    arrow('adapters/persistency', `../../src/${to}`, 'type'),
  ),
  ...['decide', 'evolve', 'merge'].map((to) => arrow('adapters/persistency', `../../src/engine/${to}.ts`)),
  ...['decide', 'evolve', 'merge'].map((to) => arrow('adapters/channel/kafka', `../../../src/engine/${to}.ts`)),
  arrow('adapters/persistency', './memory.ts'),
  arrow('adapters/persistency', './sqlite/connect.ts'),
  arrow('adapters/persistency', '../channel/rest.ts'),
  arrow('adapters/channel', '../runtime/web.ts'),
  arrow('adapters/channel/kafka', '../rest.ts'),
  arrow('adapters/persistency/sqlite', '../memory.ts'),
  arrow('adapters/runtime', './node.ts'),
  arrow('adapters/persistency', '../../workers/node.ts', 'type'),
  arrow('adapters/persistency', '../../cli/main.ts', 'type'),
  ...['adapters/persistency', 'adapters/channel', 'adapters/metrics', 'adapters/runtime'].map((port) =>
    arrow(port, 'node:fs'),
  ),
  ...['adapters/persistency', 'adapters/channel/kafka', 'adapters/runtime', 'workers', 'cli', 'testing'].map((at) =>
    arrow(at, 'kafkajs'),
  ),
  ...['adapters/persistency', 'adapters/persistency/crud', 'adapters/persistency/sqlite', 'adapters/channel/kafka'].map(
    (at) => arrow(at, 'mongodb'),
  ),
  ...['adapters/runtime', 'workers', 'cli', 'testing'].map((at) => arrow(at, 'mongodb')),
  ...['adapters/persistency', 'adapters/channel/kafka', 'adapters/runtime', 'workers', 'cli', 'testing'].map((at) =>
    arrow(at, '@redis/client'),
  ),
  ...['redis', 'upstash-redis', 'mongo', 'crud'].map((name) => arrow(`adapters/persistency/${name}`, '@redis/client')),
  ...['rest', 'crud', 'mongo', 'upstash-redis', 'redis', 'durable-object', 'deno-kv'].map((name) =>
    arrow(`adapters/persistency/${name}.ts`, './sqlite/connect.ts'),
  ),
  ...['rest', 'crud', 'mongo', 'upstash-redis', 'redis'].map((name) =>
    arrow(`adapters/persistency/${name}`, '../memory.ts'),
  ),
  arrow('adapters/persistency', './redis/persistency.ts'),
  arrow('adapters/persistency/crud', '../redis/persistency.ts'),
  arrow('adapters/persistency/redis', '../upstash-redis/connect.ts'),

  arrow('adapters/channel/kafka/consumer', '../../rest.ts'),
  arrow('adapters/channel/kafka/producer', '../../../persistency/memory.ts'),
  arrow('adapters/persistency/new-store', '../../../src/ports/health.ts'),
  ...['undici', 'pino', '@upstash/redis', 'prom-client', 'hono'].map((name) =>
    arrow('adapters/persistency/mongo', name),
  ),
  arrow('adapters/persistency/crud', 'node:fs/promises'),
  arrow('src/http/routes', '../../../adapters/persistency/memory.ts', 'type'),
  arrow('src/orchestrator/recovery', '../../http/app.ts', 'type'),

  // workers, CLI and suites
  ...['node:fs', '../../cli/main.ts', '../../testing/contract/persistency.ts'].map((to) => arrow('workers/edge', to)),
  arrow('testing/contract', '../../adapters/persistency/memory.ts'),
  ...['node:fs', '../cli/main.ts', '../testing/contract/persistency.ts', '../test/reporter.ts'].map((to) =>
    arrow('workers', to),
  ),
  ...['../test/reporter.ts', '../bench/main.ts'].map((to) => arrow('cli', to)),
  ...['../adapters/persistency/memory.ts', '../workers/node.ts', '../cli/main.ts', '../test/reporter.ts'].map((to) =>
    arrow('testing', to),
  ),

  // time, chance, network, host
  ...[...PURE, ...CORE].flatMap((room) => [...HOSTS, ...RUNTIME].map((name) => use(room, name, GLOBALS))),
  ...['src/machine', 'src/engine'].map((room) => use(room, 'new Date()', GLOBALS)),
  ...[...PURE, ...CORE].map((room) => use(room, 'Math.random()', PROPERTIES)),
  ...['src/codec', ...CORE].map((room) => use(room, 'Date.now()', PROPERTIES)),
  use('src/orchestrator', 'AbortSignal.timeout(1)', PROPERTIES),
  ...['adapters/persistency', 'adapters/channel'].flatMap((at) => HOSTS.map((name) => use(at, name, GLOBALS))),
  ...['process.env', 'Deno', 'Bun'].map((name) => use('adapters/runtime', name, GLOBALS)),
  ...PURE.map((room) => ({
    wall: `${room} awaits`,
    at: room,
    code: 'export async function planted(): Promise<void> {\n  await Promise.resolve()\n}\n',
    rule: 'oxc(no-async-await)',
  })),

  // everywhere
  ...['src/http', 'adapters/channel', 'cli', 'testing'].flatMap((at) => [
    { wall: `${at} has a default export`, at, code: 'export default 1\n', rule: 'import(no-default-export)' },
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
    code: "export * from '../codec/document.ts'\n",
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
  use('src/codec', 'new Date()', 'clock'),
  use('src/http', 'Date()', 'clock'),
  use('src/orchestrator', 'new Date', 'clock'),
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
  ['src/engine', '../codec/document.ts'],
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
    ...['fetch', 'setTimeout', 'performance', 'crypto'].map((name) => use(room, name, MISSING)),
    use(room, 'console', 'TS2584'),
    use(room, 'process', 'TS2591'),
  ]),
  ...['src/http', 'adapters/metrics'].flatMap((at) => ['process', 'Buffer'].map((name) => use(at, name, 'TS2591'))),
  use('src/orchestrator', 'Deno', MISSING),
  ...['setTimeout', 'setImmediate', 'fetch'].map((name) => use('testing/simulation', name, MISSING)),
  use('src/orchestrator', 'Bun', 'TS2868'),
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
