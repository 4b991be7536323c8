import { parse } from 'acorn'
import type { ModuleDeclaration, Statement } from 'acorn'

/**
 * Compiles the source of a hook without evaluating it. The reason why it is no usable module, with line and column within the
 * source, counted from 1; `undefined` where nothing is wrong, or only evaluation can tell.
 */
export function flawOfHook(source: string): string | undefined {
  try {
    const { body } = parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
    const exported = body.flatMap(defaultExportOf)
    return exported.length === 0 ? 'no default export' : exported.find((flaw) => flaw !== undefined)
  } catch (thrown) {
    return syntaxFlaw(thrown)
  }
}

/** The reason of a syntax error with its place; `undefined` where the source has none. */
export function syntaxFlawOf(source: string): string | undefined {
  try {
    parse(source, { ecmaVersion: 'latest', sourceType: 'module' })
    return undefined
  } catch (thrown) {
    return syntaxFlaw(thrown)
  }
}

/** Columns of acorn count from 0, and its message ends with them. */
function syntaxFlaw(thrown: unknown): string {
  const { message, loc } = thrown as { readonly message: string; readonly loc: SourcePlace }
  return `a syntax error at ${placeOf(loc)} of the hook: ${message.replace(/ \(\d+:\d+\)$/, '')}`
}

/** One entry for a default export: its flaw, or `undefined`. */
function defaultExportOf(node: Statement | ModuleDeclaration): readonly (string | undefined)[] {
  if (node.type === 'ExportNamedDeclaration') {
    const isDefault = node.specifiers.some(({ exported }) => 'name' in exported && exported.name === 'default')
    return isDefault ? [undefined] : []
  }
  if (node.type !== 'ExportDefaultDeclaration') return []
  const { type, loc } = node.declaration
  const place = loc === null || loc === undefined ? '' : ` at ${placeOf(loc.start)} of the hook`
  if (VALUES.has(type)) return [`a default export that is no function${place}`]
  const { async: isAsync, generator } = node.declaration as { readonly async?: boolean; readonly generator?: boolean }
  if (isAsync === true) return [`an asynchronous function as default export${place}`]
  return [generator === true ? `a generator as default export${place}` : undefined]
}

interface SourcePlace {
  readonly line: number
  readonly column: number
}

function placeOf({ line, column }: SourcePlace): string {
  return `${line}:${column + 1}`
}

/** Expressions that make no function. */
const VALUES: ReadonlySet<string> = new Set([
  'ArrayExpression',
  'BinaryExpression',
  'ClassDeclaration',
  'ClassExpression',
  'Literal',
  'ObjectExpression',
  'TemplateLiteral',
  'UnaryExpression',
])
