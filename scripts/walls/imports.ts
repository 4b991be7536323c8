import type { OpenRoom, Room } from './room.ts'

/** Levels of a room: its folder, and the folders in it. Deeper files may not leave their own folder. */
const LEVELS = 2

/** Files and the specifiers that they may not import. A later place wins over an earlier one. */
export interface ImportWall {
  readonly files: readonly string[]
  readonly rule: readonly unknown[]
}

/** The walls of a room that may import only what the table says: of the file of its name, and of each level of its folder. */
export function closedWalls({ room, imports = [], types = [], packages = [] }: Room): readonly ImportWall[] {
  const message = sentence(room, imports, types)
  return levelsOf(room).map(({ files, folder, depth, own }) => {
    const open = (targets: readonly string[]) => targets.map((target) => `!${specifier(folder, depth, target)}`)
    const typed = types.map((target) => beginning(specifier(folder, depth, target)))
    const patterns = [
      ...(typed.length > 0 ? [{ regex: typed.join('|'), allowTypeImports: true, message }] : []),
      {
        group: ['**', ...own, ...open(imports), ...open(types), ...packages.map((name) => `!${name}`)],
        message,
      },
    ]
    return { files, rule: ['error', { patterns }] }
  })
}

/** The wall of a room that may import all but what the table says, at whatever depth. */
export function openWall({ room, refuses }: OpenRoom, files: readonly string[] = [`${room}/**`]): ImportWall {
  const message = `${room} imports none of ${refuses.join(', ')}`
  const group = refuses.map((target) => (target.endsWith('/') ? `../**/${target}**` : target))
  return { files, rule: ['error', { patterns: [{ group, message }] }] }
}

interface Level {
  readonly files: readonly string[]
  /** The folder from which specifiers are relative, `depth` levels above the file's own. */
  readonly folder: readonly string[]
  readonly depth: number
  /** Patterns that open the room's own files. */
  readonly own: readonly string[]
}

function levelsOf(room: string): readonly Level[] {
  if (room.endsWith('.ts')) return [fileLevel(room, [])]
  if (room.endsWith('/')) return folderLevels(room.slice(0, -1))
  return [fileLevel(`${room}.ts`, [`!./${room.split('/').at(-1)}/**`]), ...folderLevels(room)]
}

/** Glob patterns of all files of a room. */
export function filesOf(room: string): readonly string[] {
  return levelsOf(room).flatMap(({ files }) => files)
}

function fileLevel(file: string, own: readonly string[]): Level {
  return { files: [file], folder: file.split('/').slice(0, -1), depth: 0, own }
}

function folderLevels(folder: string): readonly Level[] {
  return Array.from({ length: LEVELS }, (_, depth) => ({
    files: [`${folder}/${'*/'.repeat(depth)}**`],
    folder: folder.split('/'),
    depth,
    own: ownPatterns(depth),
  }))
}

/** From `depth` folders below the room's: up to the room's folder, and no further. */
function ownPatterns(depth: number): readonly string[] {
  const up = Array.from({ length: depth }, (_, index) => `!${'../'.repeat(index + 1)}**`)
  return ['!./**', ...up, `${'../'.repeat(depth + 1)}**`]
}

/** The specifier of a target of the tree, as a file writes it that is `depth` levels below a folder. */
function specifier(folder: readonly string[], depth: number, target: string): string {
  const path = (target.endsWith('/') ? `${target}**` : target).split('/')
  const different = folder.findIndex((name, index) => name !== path[index])
  const shared = different === -1 ? folder.length : different
  const up = folder.length - shared + depth
  return (up === 0 ? './' : '../'.repeat(up)) + path.slice(shared).join('/')
}

/** An expression for all specifiers of a target. As a `group` it would have no effect beside one that opens the target. */
function beginning(pattern: string): string {
  return `^${pattern.replace('**', '').replaceAll('.', '[.]')}`
}

function sentence(room: string, imports: readonly string[], types: readonly string[]): string {
  const named = [...imports, ...types.map((target) => `types of ${target}`)]
  return named.length === 0 ? `${room} imports itself only` : `${room} imports itself, ${named.join(', ')} only`
}
