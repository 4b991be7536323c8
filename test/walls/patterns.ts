import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vitest/node'

/** A regular expression of the product, with its file and line. */
export interface Pattern {
  readonly location: string
  readonly source: string
  readonly flags: string
}

/** Every regular expression in a tree of TypeScript files: literals, and arguments of `RegExp`. */
export function patterns(folder: string, files: string): readonly Pattern[] {
  return globSync(files, { cwd: folder })
    .sort()
    .flatMap((file) => patternsOf(file, readFileSync(join(folder, file), 'utf8')))
}

/** Every regular expression of one file. */
export function patternsOf(file: string, source: string): readonly Pattern[] {
  const all: Pattern[] = []
  visit(parseAst(source, { lang: file.endsWith('.mjs') ? 'js' : 'ts' }), (node) => {
    const pattern = literal(node) ?? constructed(node)
    if (pattern !== undefined) all.push({ location: `${file}:${lineOf(source, node.start)}`, ...pattern })
  })
  return all
}

/** The parts of a syntax node that are read here. */
interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly regex?: { readonly pattern: string; readonly flags: string }
  readonly callee?: { readonly name?: string }
  readonly arguments?: readonly SyntaxNode[]
  readonly value?: unknown
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[]
}

type PatternText = Pick<Pattern, 'source' | 'flags'>

function literal({ regex }: SyntaxNode): PatternText | undefined {
  return regex && { source: regex.pattern, flags: regex.flags }
}

/** `RegExp(…)` of a text, with a letter in each gap of a template. Any other argument is an invalid pattern, so that it fails. */
function constructed({ type, callee, arguments: [source, flags] = [] }: SyntaxNode): PatternText | undefined {
  if (callee?.name !== 'RegExp' || (type !== 'NewExpression' && type !== 'CallExpression')) return undefined
  return { source: textOf(source) ?? '(unknown', flags: textOf(flags) ?? '' }
}

function textOf(node: SyntaxNode | undefined): string | undefined {
  if (typeof node?.value === 'string') return node.value
  return node?.quasis?.map(({ value }) => value.cooked).join('x')
}

function visit(value: unknown, see: (node: SyntaxNode) => void): void {
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && 'start' in value) see(value as SyntaxNode)
  for (const part of Object.values(value)) visit(part, see)
}

function lineOf(source: string, at: number): number {
  return source.slice(0, at).split('\n').length
}
