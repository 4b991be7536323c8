import { posix } from 'node:path'
import { format } from 'oxfmt'
import { PROGRAM_GROUPS, PROGRAMS, type Program } from './programs.ts'
import type { HostGlobals } from './room.ts'

/** `lib` and `types` of a host; a program without them has the language alone. */
const OPTIONS: Readonly<Record<HostGlobals, HostOptions>> = {
  none: {},
  web: { lib: ['ES2024', 'WebWorker'] },
  page: { lib: ['ES2024', 'DOM', 'DOM.Iterable'], jsx: 'react-jsx', jsxImportSource: 'preact' },
  node: { types: ['node'] },
  workerd: { types: ['@cloudflare/workers-types'] },
}

interface HostOptions {
  readonly lib?: readonly string[]
  readonly types?: readonly string[]
  readonly jsx?: string
  readonly jsxImportSource?: string
}

/** Path in the repository → text, of every tsconfig but the base. */
export async function tsconfigs(): Promise<ReadonlyMap<string, string>> {
  const programs = PROGRAMS.map((program) => [fileOf(program.path), programConfig(program)] as const)
  const groups = PROGRAM_GROUPS.map(({ path, programs: paths }) => {
    const file = fileOf(path)
    return [file, { files: [], references: references(file, paths) }] as const
  })
  const texts = [...programs, ...groups].map(async ([file, config]) => [file, await textOf(config)] as const)
  return new Map(await Promise.all(texts))
}

function programConfig({ path, host, uses, ...program }: Program): object {
  const file = fileOf(path)
  const { types = [], ...options } = OPTIONS[host]
  const allTypes = [...types, ...(program.types ?? [])]
  const compilerOptions = {
    ...options,
    ...(allTypes.length > 0 && { types: allTypes }),
    ...(program.hasScripts && { allowJs: true, checkJs: true }),
    ...(program.isLeaf && { isolatedDeclarations: false }),
  }
  return {
    extends: relative(file, 'tsconfig.base.json'),
    ...(Object.keys(compilerOptions).length > 0 && { compilerOptions }),
    include: program.include ?? (program.hasScripts ? ['**/*.ts', '**/*.mjs'] : ['**/*.ts']),
    ...(program.exclude && { exclude: program.exclude }),
    ...(uses.length > 0 && { references: references(file, uses) }),
  }
}

function fileOf(path: string): string {
  return path.endsWith('.json') ? path : posix.join(path, 'tsconfig.json')
}

function references(from: string, paths: readonly string[]): readonly object[] {
  return paths.map((path) => ({ path: relative(from, path) }))
}

function relative(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

async function textOf(config: object): Promise<string> {
  const text = `// Made by \`npm run walls\` of scripts/walls/programs.ts.\n${JSON.stringify(config)}`
  const { code } = await format('tsconfig.json', text, { printWidth: 120 })
  return code
}
