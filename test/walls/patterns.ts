import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vitest/node'

/** A regular expression of the product, and where it stands. */
export interface Pattern {
  readonly place: string
  readonly source: string
  readonly flags: string
}

/** Every regular expression of a tree of TypeScript files: the literals, and what `RegExp` is called with. */
export function patterns(folder: string, files: string): readonly Pattern[] {
  return globSync(files, { cwd: folder })
    .sort()
    .flatMap((file) => patternsOf(file, readFileSync(join(folder, file), 'utf8')))
}

export function patternsOf(file: string, source: string): readonly Pattern[] {
  const found: Pattern[] = []
  visit(parseAst(source, { lang: file.endsWith('.mjs') ? 'js' : 'ts' }), (node) => {
    const pattern = literal(node) ?? made(node)
    if (pattern !== undefined) found.push({ place: `${file}:${lineOf(source, node.start)}`, ...pattern })
  })
  return found
}

/** A node of the syntax tree, as far as it is looked at. */
interface Node {
  readonly type: string
  readonly start: number
  readonly regex?: { readonly pattern: string; readonly flags: string }
  readonly callee?: { readonly name?: string }
  readonly arguments?: readonly Node[]
  readonly value?: unknown
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[]
}

type Parts = Pick<Pattern, 'source' | 'flags'>

function literal({ regex }: Node): Parts | undefined {
  return regex && { source: regex.pattern, flags: regex.flags }
}

/** `RegExp(…)`: a text whose gaps are letters. What is made in another way cannot be judged, so it is no pattern at all. */
function made({ type, callee, arguments: [source, flags] = [] }: Node): Parts | undefined {
  if (callee?.name !== 'RegExp' || (type !== 'NewExpression' && type !== 'CallExpression')) return undefined
  return { source: textOf(source) ?? '(unknown', flags: textOf(flags) ?? '' }
}

function textOf(node: Node | undefined): string | undefined {
  if (typeof node?.value === 'string') return node.value
  return node?.quasis?.map(({ value }) => value.cooked).join('x')
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && 'start' in value) see(value as Node)
  for (const part of Object.values(value)) visit(part, see)
}

function lineOf(source: string, at: number): number {
  return source.slice(0, at).split('\n').length
}
