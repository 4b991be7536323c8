import { A_DRAFT, draftOf } from './draft.ts'
import { cyclesIn } from './in-place-cycles.ts'
import { isSchema, type JsonObject } from './keyword-problems.ts'
import { arrayChecks } from './keyword/array-checks.ts'
import { combiningChecks } from './keyword/combining-checks.ts'
import type { Check, KeywordContext } from './keyword/keyword-context.ts'
import { numberChecks } from './keyword/number-checks.ts'
import { objectChecks } from './keyword/object-checks.ts'
import { textChecks } from './keyword/text-checks.ts'
import { typeChecks } from './keyword/type-checks.ts'
import { unevaluatedChecks } from './keyword/unevaluated-checks.ts'
import { compilePattern, type CompiledPattern } from './pattern/compile-pattern.ts'
import { referenceProblems, resolveReference, type ResolvedReference } from './resolve-reference.ts'
import { CheckStopped, SchemaRun, type SchemaViolation } from './schema-run.ts'
import { SchemaIndex, type SchemaPlace, type SchemaResource } from './schema-index.ts'
import type { SchemaProblem, SchemaRemark } from './schema-problem.ts'
import { Seen } from './seen.ts'

/** Options of `compileSchema`. */
export interface CompileSchemaOptions {
  /** True for a pattern that is proven linear elsewhere, so that texts of any length are tried. Default: never. */
  readonly isLinear?: ((source: string) => boolean) | undefined
}

/** The violations of a value: the first of them, and their number. */
export interface Violations {
  readonly violations: readonly SchemaViolation[]
  readonly count: number
}

/** A schema, ready to check values; or every problem of it. */
export type SchemaCompilation =
  | { readonly ok: true; readonly check: SchemaCheck; readonly remarks: readonly SchemaRemark[] }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[]; readonly remarks: readonly SchemaRemark[] }

/** Checks a JSON value. Nothing where it matches. Never throws, and its time is bounded. */
export type SchemaCheck = (value: unknown) => Violations | undefined

/** Compiles a JSON Schema. Never throws, and fetches nothing: a reference leads to a part of the schema. */
export function compileSchema(schema: unknown, options: CompileSchemaOptions = {}): SchemaCompilation {
  try {
    return compiled(schema, options)
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    return {
      ok: false,
      problems: [{ path: [], found: schema, expected: 'a schema that nests less deep' }],
      remarks: [],
    }
  }
}

function compiled(schema: unknown, options: CompileSchemaOptions): SchemaCompilation {
  if (!isSchema(schema)) return refused([{ path: [], found: schema, expected: 'a schema: an object, true or false' }])
  if (typeof schema === 'boolean') return { ok: true, check: checker(booleanCheck(schema)), remarks: [] }
  const { $schema } = schema
  const draft = draftOf($schema)
  if (draft === undefined) return refused([{ path: ['$schema'], found: $schema, expected: A_DRAFT }])
  const index = new SchemaIndex(draft)
  index.addRoot(schema)
  const { problems, remarks } = index
  problems.push(...referenceProblems(index))
  if (problems.length > 0) return { ok: false, problems, remarks }
  const compiler = new SchemaCompiler(index, options)
  const check = compiler.compile(schema)
  problems.push(...compiler.endless())
  return problems.length > 0 ? { ok: false, problems, remarks } : { ok: true, check: checker(check), remarks }
}

function refused(problems: readonly SchemaProblem[]): SchemaCompilation {
  return { ok: false, problems, remarks: [] }
}

function checker(check: Check): SchemaCheck {
  return (value) => {
    const run = new SchemaRun()
    try {
      return check(value, run, undefined) ? undefined : { violations: run.violations, count: run.count }
    } catch (thrown) {
      return stopped(value, run, thrown)
    }
  }
}

/** A check that was stopped refuses the value, and so does one that exhausted the stack. */
function stopped(value: unknown, run: SchemaRun, thrown: unknown): Violations {
  const isStopped = thrown instanceof CheckStopped
  if (!isStopped && !(thrown instanceof RangeError)) throw thrown
  const violation = isStopped ? thrown.violation : new SchemaRun().violation(value, 'a payload that nests less deep')
  return { violations: [violation, ...run.violations], count: run.count + 1 }
}

function booleanCheck(isValid: boolean): Check {
  return isValid ? () => true : (value, run) => run.fail(value, 'no value')
}

/** Compiles the schemas of an index, each once. */
class SchemaCompiler {
  readonly #index: SchemaIndex
  readonly #options: CompileSchemaOptions
  readonly #checks = new Map<JsonObject, { check: Check | undefined }>()
  readonly #patterns = new Map<string, CompiledPattern>()
  /** Schema → schemas that are checked on the same value. */
  readonly #inPlace = new Map<JsonObject, JsonObject[]>()

  constructor(index: SchemaIndex, options: CompileSchemaOptions) {
    this.#index = index
    this.#options = options
  }

  /** A problem for every schema that leads back to itself on the same value, so that a check would not end. */
  endless(): readonly SchemaProblem[] {
    return cyclesIn(this.#inPlace).map((schema) => {
      const path = this.#index.placeOf(schema)?.path ?? []
      const { $ref } = schema
      const expected = 'a schema that does not lead back to itself before any part of the value'
      return $ref === undefined ? { path, found: schema, expected } : { path: [...path, '$ref'], found: $ref, expected }
    })
  }

  compile(schema: JsonObject | boolean): Check {
    if (typeof schema === 'boolean') return booleanCheck(schema)
    const known = this.#checks.get(schema)
    if (known !== undefined) return known.check ?? ((value, run, seen) => known.check?.(value, run, seen) ?? true)
    const holder: { check: Check | undefined } = { check: undefined }
    this.#checks.set(schema, holder)
    return (holder.check = this.#compileObject(schema))
  }

  #compileObject(schema: JsonObject): Check {
    const place = this.#index.placeOf(schema)
    if (place === undefined) return booleanCheck(true) // refused by the index, which has the problem
    const context = this.#contextOf(schema)
    const reference = this.#referenceChecks(schema, place)
    if (this.#index.draft === '7' && schema['$ref'] !== undefined) return entering(reference, place.resource)
    const checks = [
      ...reference,
      ...[typeChecks, numberChecks, textChecks, arrayChecks, objectChecks, combiningChecks].flatMap((make) =>
        make(context),
      ),
    ]
    const last = unevaluatedChecks(context)
    return entering(last.length === 0 ? checks : [withOwnSeen(checks, last)], place.resource)
  }

  #contextOf(schema: JsonObject): KeywordContext {
    return {
      schema,
      draft: this.#index.draft,
      child: (part) => this.compile(part as JsonObject | boolean),
      inPlace: (part) => this.#compileInPlace(schema, part as JsonObject | boolean),
      pattern: (source) => this.#pattern(source),
    }
  }

  #compileInPlace(from: JsonObject, part: JsonObject | boolean): Check {
    if (typeof part === 'object') this.#inPlace.set(from, [...(this.#inPlace.get(from) ?? []), part])
    return this.compile(part)
  }

  #pattern(source: string): CompiledPattern {
    const known = this.#patterns.get(source)
    if (known !== undefined) return known
    const compilation = compilePattern(source, this.#options.isLinear?.(source))
    if (!compilation.ok) throw new TypeError(`compile a pattern: ${compilation.expected}`) // the index has refused it
    this.#patterns.set(source, compilation.pattern)
    return compilation.pattern
  }

  #referenceChecks(schema: JsonObject, place: SchemaPlace): readonly Check[] {
    const { draft } = this.#index
    return [
      ...this.#reference('$ref', schema, place),
      ...(draft === '2019-09' ? this.#recursiveReference(schema, place) : []),
      ...(draft === '2020-12' ? this.#dynamicReference(schema, place) : []),
    ]
  }

  #reference(keyword: string, schema: JsonObject, place: SchemaPlace): readonly Check[] {
    const resolved = this.#resolved(keyword, schema, place)
    return resolved?.ok === true ? [this.#compileInPlace(schema, resolved.schema)] : []
  }

  #resolved(keyword: string, schema: JsonObject, place: SchemaPlace): ResolvedReference | undefined {
    const reference = schema[keyword]
    if (typeof reference !== 'string') return undefined
    return resolveReference(this.#index, reference, place)
  }

  /** `$recursiveRef`: the outermost schema with `$recursiveAnchor` that the check has entered. */
  #recursiveReference(schema: JsonObject, place: SchemaPlace): readonly Check[] {
    const resolved = this.#resolved('$recursiveRef', schema, place)
    if (resolved?.ok !== true) return []
    const usual = this.#compileInPlace(schema, resolved.schema)
    if (resolved.resource.root['$recursiveAnchor'] !== true) return [usual]
    return [
      (value, run, seen) => {
        const outermost = run.scope.find(({ root }) => root['$recursiveAnchor'] === true)
        return outermost === undefined ? usual(value, run, seen) : this.compile(outermost.root)(value, run, seen)
      },
    ]
  }

  /** `$dynamicRef`: the outermost `$dynamicAnchor` of this name that the check has entered, if the reference leads to one at all. */
  #dynamicReference(schema: JsonObject, place: SchemaPlace): readonly Check[] {
    const resolved = this.#resolved('$dynamicRef', schema, place)
    if (resolved?.ok !== true) return []
    const usual = this.#compileInPlace(schema, resolved.schema)
    const { anchor, resource } = resolved
    if (anchor === undefined || !resource.dynamicAnchors.has(anchor)) return [usual]
    return [
      (value, run, seen) => {
        const target = run.scope.find(({ dynamicAnchors }) => dynamicAnchors.has(anchor))?.dynamicAnchors.get(anchor)
        return target === undefined ? usual(value, run, seen) : this.compile(target)(value, run, seen)
      },
    ]
  }
}

/** All checks of one schema object, bounded, with its resource in scope. */
function entering(checks: readonly Check[], resource: SchemaResource): Check {
  return (value, run, seen) => {
    run.enter(value)
    const isNew = run.scope.at(-1) !== resource
    if (isNew) run.scope.push(resource)
    let isValid = true
    for (const check of checks) {
      if (!check(value, run, seen)) isValid = false
      if (!isValid && run.isMuted) break
    }
    if (isNew) run.scope.pop()
    run.leave()
    return isValid
  }
}

/**
 * Keywords of one schema with notes of their own: `unevaluatedProperties` sees what its own schema evaluates, not what is around
 * it. Checked only where the others match, since one that fails has evaluated nothing.
 */
function withOwnSeen(checks: readonly Check[], last: readonly Check[]): Check {
  return (value, run, seen) => {
    const own = new Seen()
    let isValid = true
    for (const check of checks) if (!check(value, run, own)) isValid = false
    if (isValid) for (const check of last) if (!check(value, run, own)) isValid = false
    seen?.merge(own, value, run)
    return isValid
  }
}
