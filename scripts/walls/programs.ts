import type { HostGlobals } from './room.ts'
import { ADAPTERS } from './rooms.ts'

/** A TypeScript program: the files of a folder, the globals that they have, and the programs that they may import. */
export interface Program {
  /** A folder with a `tsconfig.json`, or a file beside it. */
  readonly path: string
  readonly host: HostGlobals
  /** Absent: all files of the folder. */
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly uses: readonly string[]
  /** Nothing imports its declarations, so exports need no explicit types. */
  readonly isLeaf?: true
  /** Has files in JavaScript. */
  readonly hasScripts?: true
  /** Packages of global types beside those of the host. */
  readonly types?: readonly string[]
}

/** Paths of several programs, so that editors and `tsc -b <folder>` find them. */
export interface ProgramGroup {
  readonly path: string
  readonly programs: readonly string[]
}

const PURE = ['src/json-schema', 'src/machine', 'src/engine', 'src/codec']
const CORE = [...PURE, 'src/drawing', 'src/ports', 'src']
const PORTS = ['src/engine', 'src/codec', 'src/ports']
const WEB = 'adapters/tsconfig.web.json'
const NODE = 'adapters/tsconfig.node.json'
const WORKERD = 'adapters/tsconfig.workerd.json'
const NODE_WORKERS = 'workers/tsconfig.node.json'
const WORKERD_WORKERS = 'workers/tsconfig.workerd.json'
/** The simulated world, over the core alone: the same seed gives the same run, so it has no host. */
const WORLD = 'testing/simulation/world'
/** Tools for the machines of users, without a host too. */
const USERS = ['testing/properties', 'testing/explore']
const TESTING = ['testing', 'testing/simulation', 'testing/checker', WORLD, ...USERS]
/** What the benches print and read, without what they start, so that it has unit tests. */
const BENCH_TEXTS = 'bench/tsconfig.texts.json'
const BENCH_TEXT_FILES = [
  'columns.ts',
  'process-family.ts',
  'peers/engine/report.ts',
  ...['manifest', 'names', 'report', 'settings', 'sync-calls', 'texts'].map((name) => `peers/${name}.ts`),
]
/** Commands, and what makes files of the repository. */
const TOOLS = ['cli', 'scripts', 'scripts/play']
const LEAVES = ['errors.ts', 'defaults.ts', 'group-commit.ts', 'slices.ts']

/** Every TypeScript program of the repository. */
export const PROGRAMS: readonly Program[] = [
  { path: 'src/json-schema', host: 'none', uses: [] },
  { path: 'src/machine', host: 'none', uses: ['src/json-schema'] },
  { path: 'src/engine', host: 'none', uses: ['src/machine'] },
  { path: 'src/drawing', host: 'none', uses: ['src/machine'] },
  { path: 'src/codec', host: 'none', uses: ['src/machine', 'src/engine'] },
  { path: 'src/ports', host: 'none', include: ['**/*.ts', ...LEAVES.map((name) => `../${name}`)], uses: PURE },
  {
    path: 'src',
    host: 'web',
    exclude: ['json-schema', 'machine', 'engine', 'codec', 'drawing', 'ports', ...LEAVES],
    uses: [...PURE, 'src/drawing', 'src/ports'],
  },
  { path: WEB, host: 'web', include: adaptersOf('web'), uses: PORTS },
  { path: NODE, host: 'node', exclude: [...adaptersOf('web'), ...adaptersOf('workerd')], uses: [...PORTS, WEB] },
  { path: WORKERD, host: 'workerd', include: adaptersOf('workerd'), uses: [...PORTS, WEB] },
  { path: NODE_WORKERS, host: 'node', exclude: ['workerd.ts', 'edge'], uses: [...CORE, WEB, NODE] },
  {
    path: WORKERD_WORKERS,
    host: 'workerd',
    include: ['edge/no-saga.json', 'workerd.ts', 'edge/**/*.ts'],
    uses: [...CORE, WEB, WORKERD],
  },
  { path: 'pages', host: 'page', include: ['**/*.ts', '**/*.tsx'], isLeaf: true, uses: [] },
  { path: 'testing/simulation', host: 'none', exclude: ['world'], uses: ['src/engine', 'src/ports'] },
  { path: 'testing/checker', host: 'none', uses: CORE },
  { path: WORLD, host: 'none', uses: [...CORE, 'testing/checker', 'testing/simulation'] },
  { path: 'testing/properties', host: 'none', uses: CORE },
  { path: 'testing/explore', host: 'none', uses: [...CORE, 'testing/properties'] },
  {
    path: 'testing',
    host: 'node',
    exclude: ['simulation', 'checker', 'properties', 'explore'],
    uses: [...CORE, 'testing/simulation', 'testing/checker', WORLD],
  },
  { path: 'examples', host: 'node', isLeaf: true, exclude: ['embed'], uses: [...CORE, WEB, NODE, 'testing'] },
  {
    // Its files for Node. Deno checks deno.ts itself, and Bun's types are not in the clone; test/package runs all of them.
    path: 'examples/embed',
    host: 'node',
    isLeaf: true,
    include: ['map-store.ts', 'map-store.test.ts', 'service.ts', 'node.ts', 'saga.json'],
    uses: [...CORE, WEB, 'testing'],
  },
  {
    path: 'scripts',
    host: 'node',
    exclude: ['play'],
    isLeaf: true,
    hasScripts: true,
    uses: [...CORE, WEB, NODE, WORKERD, ...TESTING, NODE_WORKERS, WORKERD_WORKERS],
  },
  {
    path: 'cli',
    host: 'node',
    isLeaf: true,
    hasScripts: true,
    uses: [...CORE, WEB, NODE, 'testing', ...USERS, NODE_WORKERS, 'scripts'],
  },
  { path: 'scripts/play', host: 'node', isLeaf: true, uses: [...CORE, 'testing/properties', 'cli'] },
  {
    path: 'test/tsconfig.node.json',
    host: 'node',
    isLeaf: true,
    include: ['**/*.ts', '../vitest.config.ts'],
    exclude: ['**/*.workerd.test.ts', '**/*.workerd.ts'],
    uses: [...CORE, WEB, NODE, ...TESTING, NODE_WORKERS, ...TOOLS, 'examples', 'pages', BENCH_TEXTS],
  },
  {
    path: 'test/tsconfig.workerd.json',
    host: 'workerd',
    isLeaf: true,
    types: ['@cloudflare/vitest-plugin/types'],
    include: [
      '**/*.workerd.test.ts',
      '**/*.workerd.ts',
      'fakes/metrics.ts',
      'fixtures/stores/*/durable-object*.json',
      ...['fixture', 'going-on', 'making', 'process', 'sagas'].map((name) => `persistency/upgrade/${name}.ts`),
    ],
    uses: [...CORE, 'testing', 'testing/checker', WEB, WORKERD, WORKERD_WORKERS],
  },
  { path: BENCH_TEXTS, host: 'node', include: BENCH_TEXT_FILES, uses: [...CORE, 'testing'] },
  {
    path: 'bench',
    host: 'node',
    isLeaf: true,
    exclude: BENCH_TEXT_FILES,
    uses: [...CORE, WEB, NODE, 'testing', 'examples', 'test/tsconfig.node.json', NODE_WORKERS, BENCH_TEXTS],
  },
]

/** Folders with several programs, and the repository itself. */
export const PROGRAM_GROUPS: readonly ProgramGroup[] = [
  { path: 'adapters', programs: [WEB, NODE, WORKERD] },
  { path: 'workers', programs: [NODE_WORKERS, WORKERD_WORKERS] },
  { path: 'test', programs: ['test/tsconfig.node.json', 'test/tsconfig.workerd.json'] },
  {
    path: '',
    programs: [
      'src',
      'adapters',
      'workers',
      'pages',
      'cli',
      'testing',
      'test',
      'bench',
      'examples',
      'examples/embed',
      'scripts',
      'scripts/play',
    ],
  },
]

/** Files of the adapters with this host, relative to `adapters/`. */
function adaptersOf(host: HostGlobals): readonly string[] {
  return ADAPTERS.filter((room) => room.host === host).flatMap(({ room }) => {
    const path = room.replace('adapters/', '')
    if (path.endsWith('.ts')) return [path]
    return path.endsWith('/') ? [`${path}**/*.ts`] : [`${path}.ts`, `${path}/**/*.ts`]
  })
}
