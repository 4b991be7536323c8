import { coreWithout, hostWithout } from './globals.ts'
import { closedWalls, filesOf, openWall, type ImportWall } from './imports.ts'
import type { Room } from './room.ts'
import { ADAPTERS, CORE, DETERMINISTIC, OPEN, TESTING } from './rooms.ts'

const IMPORTS = 'no-restricted-imports'
const GLOBALS = 'no-restricted-globals'

const EVERYWHERE = {
  eqeqeq: 'error',
  'import/no-cycle': ['error', { ignoreTypes: false }],
  'import/no-default-export': 'error',
  'typescript/no-explicit-any': 'error',
  'typescript/no-floating-promises': 'error',
  'unicorn/prefer-node-protocol': 'error',
  'typescript/no-redundant-type-constituents': 'off',
  'typescript/no-meaningless-void-operator': 'off',
  'no-control-regex': 'off',
}

const NO_CLOCK = [
  'error',
  { object: 'Math', property: 'random', message: 'chance comes from Runtime' },
  { object: 'Date', property: 'now', message: 'time comes from Runtime, or is an argument' },
  { object: 'AbortSignal', property: 'timeout', message: 'timers come from Runtime' },
]

interface Override {
  readonly files: readonly string[]
  readonly rules: Readonly<Record<string, unknown>>
}

/** The text of `.oxlintrc.json`, one override a line. Later overrides win, so a room comes after the room around it. */
export function lintText(): string {
  const lint = {
    $schema: './node_modules/oxlint/configuration_schema.json',
    plugins: ['import', 'typescript', 'unicorn', 'oxc'],
    options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
    categories: { correctness: 'error' },
    ignorePatterns: ['dist/**', 'data/**', 'coverage/**'],
    rules: EVERYWHERE,
  }
  const overrides = [
    ...coreOverrides(),
    ...adapterOverrides(),
    ...openOverrides(),
    ...TESTING.flatMap((room) => walls(closedWalls(room))),
    ...deterministicOverrides(),
    ...exceptions(),
    ...signatures(),
  ]
  const lines = overrides.map((override) => `    ${JSON.stringify(override)}`)
  return `${JSON.stringify(lint, undefined, 2).slice(0, -2)},\n  "overrides": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** A folder without a row in the table is closed: its files may import one another, and files directly in `src` the rooms below. */
function coreOverrides(): readonly Override[] {
  return [
    {
      files: ['src/**'],
      rules: {
        [IMPORTS]: refused(['**', '!./**', '!hono'], 'src imports its own rooms and the types of Hono only'),
        [GLOBALS]: coreWithout(),
        'no-restricted-properties': NO_CLOCK,
        'oxc/no-barrel-file': ['error', { threshold: 0 }],
      },
    },
    { files: ['src/errors.ts', 'src/defaults.ts'], rules: { [IMPORTS]: refused(['**'], 'this file imports nothing') } },
    { files: ['src/index.ts'], rules: { 'oxc/no-barrel-file': 'off' } },
    ...CORE.flatMap((room) => [...walls(closedWalls(room)), ...languageParts(room)]),
  ]
}

function languageParts({ room, lacks = [] }: Room): readonly Override[] {
  const rules = {
    ...(lacks.includes('Date') && { [GLOBALS]: coreWithout('Date') }),
    ...(lacks.includes('async') && { 'oxc/no-async-await': 'error' }),
  }
  return lacks.length === 0 ? [] : [{ files: [`${room}/**`], rules }]
}

function adapterOverrides(): readonly Override[] {
  const closed = refused(['**'], 'a new adapter needs a room in scripts/walls/rooms.ts')
  return [
    { files: ['adapters/**'], rules: { [IMPORTS]: closed, [GLOBALS]: hostWithout([]) } },
    ...ADAPTERS.flatMap((room) => [...walls(closedWalls(withSagaTypes(room))), ...hostGlobals(room)]),
  ]
}

function withSagaTypes(room: Room): Room {
  return { ...room, types: ['src/engine/saga.ts', 'src/engine/change.ts'] }
}

function hostGlobals({ room, has }: Room): readonly Override[] {
  return has === undefined ? [] : [{ files: filesOf(room), rules: { [GLOBALS]: hostWithout(has) } }]
}

function openOverrides(): readonly Override[] {
  return OPEN.flatMap((room) => {
    const withNode = { ...room, refuses: room.refuses.filter((target) => !target.startsWith('node:')) }
    return walls([openWall(room), ...(room.nodeFiles ? [openWall(withNode, room.nodeFiles)] : [])])
  })
}

/** After the open room around them. */
function deterministicOverrides(): readonly Override[] {
  return DETERMINISTIC.flatMap((room) => [
    ...walls(closedWalls(room)),
    { files: filesOf(room.room), rules: { [GLOBALS]: coreWithout(), 'no-restricted-properties': NO_CLOCK } },
  ])
}

function exceptions(): readonly Override[] {
  const files = [
    'workers/**',
    '*.config.ts',
    'examples/embed/workerd.ts',
    'test/fixtures/**',
    'scripts/mutate/mutant-runner.ts',
  ]
  return [{ files, rules: { 'import/no-default-export': 'off' } }]
}

/** More than three positional arguments are a named record. Tests may have more. */
function signatures(): readonly Override[] {
  const files = ['src', 'adapters', 'workers', 'cli', 'testing', 'scripts'].map((folder) => `${folder}/**`)
  return [{ files, rules: { 'max-params': ['error', { max: 3 }] } }]
}

function walls(list: readonly ImportWall[]): readonly Override[] {
  return list.map(({ files, rule }) => ({ files, rules: { [IMPORTS]: rule } }))
}

function refused(group: readonly string[], message: string): readonly unknown[] {
  return ['error', { patterns: [{ group, message }] }]
}
