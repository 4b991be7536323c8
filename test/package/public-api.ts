import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseAst } from 'vitest/node'

/** A name that a door of the package exports, as its declaration file has it. */
export interface PublicSymbol {
  readonly file: string
  readonly name: string
  readonly hasComment: boolean
  /** Types that its declaration mentions, each exported by a file of the package. */
  readonly mentions: readonly string[]
}

/** Every symbol of the doors, by `file#name`. `folder` is an unpacked package, a door a declaration file in it. */
export function publicSymbols(folder: string, doors: readonly string[]): ReadonlyMap<string, PublicSymbol> {
  const modules = new Map<string, Declarations>()
  const moduleOf = (file: string): Declarations => {
    const known = modules.get(file) ?? new Declarations(file, readFileSync(file, 'utf8'))
    modules.set(file, known)
    return known
  }
  const symbols = new Map<string, PublicSymbol>()
  for (const door of doors) {
    const { exported } = moduleOf(join(folder, door))
    for (const place of exported.values()) {
      const { file, name } = origin(place, moduleOf)
      symbols.set(keyOf(folder, file, name), {
        file: relative(folder, file),
        name,
        hasComment: moduleOf(file).hasComment(name),
        mentions: mentionsOf(file, name, moduleOf).map((one) => keyOf(folder, one.file, one.name)),
      })
    }
  }
  return symbols
}

interface SymbolPlace {
  readonly file: string
  readonly name: string
}

type ModuleOf = (file: string) => Declarations

function keyOf(folder: string, file: string, name: string): string {
  return `${relative(folder, file)}#${name}`
}

/** The declaration behind re-exports. */
function origin(place: SymbolPlace, moduleOf: ModuleOf): SymbolPlace {
  const { exported, imported } = moduleOf(place.file)
  const next = exported.get(place.name)
  const isHere = next === undefined || (next.file === place.file && next.name === place.name)
  if (!isHere) return origin(next, moduleOf)
  const elsewhere = imported.get(place.name)
  return elsewhere === undefined ? place : origin(elsewhere, moduleOf)
}

/** Types that a declaration mentions. A type that its own file keeps to itself counts as what that type mentions. */
function mentionsOf(
  file: string,
  name: string,
  moduleOf: ModuleOf,
  seen: Set<string> = new Set(),
): readonly SymbolPlace[] {
  if (seen.has(name)) return []
  seen.add(name)
  const declarations = moduleOf(file)
  return declarations.references(name).flatMap((reference) => {
    const imported = declarations.imported.get(reference)
    if (imported !== undefined) return [origin(imported, moduleOf)]
    if (declarations.exported.has(reference)) return [{ file, name: reference }]
    return mentionsOf(file, reference, moduleOf, seen)
  })
}

/** A node of the syntax tree, as far as it is looked at. */
interface Node {
  readonly type: string
  readonly start: number
  readonly name?: string
  readonly id?: Node
  readonly source?: { readonly value: string } | null
  readonly specifiers?: readonly { readonly local: Node; readonly exported?: Node; readonly imported?: Node }[]
  readonly declaration?: Node | null
  readonly declarations?: readonly { readonly id: Node }[]
  readonly body?: readonly Node[]
}

/** One declaration file. */
class Declarations {
  readonly exported = new Map<string, SymbolPlace>()
  /** Types of other files of the package, by their local names. */
  readonly imported = new Map<string, SymbolPlace>()
  readonly #statements = new Map<string, Node[]>()
  readonly #text: string

  constructor(file: string, text: string) {
    this.#text = text
    const program = parseAst(text, { lang: 'dts' }) as unknown as Node
    for (const statement of program.body ?? []) this.#read(file, statement)
  }

  hasComment(name: string): boolean {
    const [first] = this.#statements.get(name) ?? []
    return first !== undefined && this.#text.slice(0, first.start).trimEnd().endsWith('*/')
  }

  /** Names that a declaration mentions, its own left out. */
  references(name: string): readonly string[] {
    const names = new Set<string>()
    for (const statement of this.#statements.get(name) ?? []) visit(statement, (mentioned) => names.add(mentioned))
    return [...names].filter((one) => one !== name && (this.imported.has(one) || this.#statements.has(one)))
  }

  #read(file: string, statement: Node): void {
    const { type, source, specifiers = [], declaration } = statement
    const from = source?.value.startsWith('.') ? declarationFile(file, source.value) : undefined
    for (const { local, exported, imported } of specifiers) {
      const place = { file: from ?? file, name: imported?.name ?? local.name ?? '' }
      if (type === 'ExportNamedDeclaration') this.exported.set(exported?.name ?? '', place)
      else if (from !== undefined) this.imported.set(local.name ?? '', place)
    }
    const declared = declaration ?? statement
    for (const name of namesOf(declared)) {
      this.#statements.set(name, [...(this.#statements.get(name) ?? []), statement])
      if (type === 'ExportNamedDeclaration') this.exported.set(name, { file, name })
    }
  }
}

function namesOf({ id, declarations = [] }: Node): readonly string[] {
  return [id, ...declarations.map((one) => one.id)].flatMap((one) => one?.name ?? [])
}

function declarationFile(file: string, specifier: string): string {
  return join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts'))
}

/** Every identifier that stands for a type or a value: what is none of the file's is left out by the caller. */
function visit(value: unknown, see: (name: string) => void): void {
  if (typeof value !== 'object' || value === null) return
  const { type, name } = value as Partial<Node>
  if (type === 'Identifier' && name !== undefined) see(name)
  for (const [key, part] of Object.entries(value)) if (key !== 'key') visit(part, see)
}
