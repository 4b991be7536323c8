import type { Draft } from '../draft.ts'
import type { JsonObject } from '../keyword-problems.ts'
import type { CompiledPattern } from '../pattern/compile-pattern.ts'
import type { SchemaRun } from '../schema-run.ts'
import type { Seen } from '../seen.ts'

/** A compiled rule: true if the value matches, else the run has the violations. `seen` notes the evaluated parts of the value. */
export type Check = (value: unknown, run: SchemaRun, seen: Seen | undefined) => boolean

/** A schema whose keywords are compiled. It is valid, so that a keyword has the type that its draft asks for. */
export interface KeywordContext {
  readonly schema: JsonObject
  readonly draft: Draft
  /** Compiles a schema for parts of the value. */
  child(schema: unknown): Check
  /** Compiles a schema for the value itself. */
  inPlace(schema: unknown): Check
  pattern(source: string): CompiledPattern
}

/** The number of a keyword; none where the schema lacks it. */
export function numberOf({ schema }: KeywordContext, keyword: string): number | undefined {
  const value = schema[keyword]
  return typeof value === 'number' ? value : undefined
}

/** Tries a pattern on a text of the payload. Stops the run where the text is longer than the pattern is tried on. */
export function matches(pattern: CompiledPattern, text: string, run: SchemaRun): boolean {
  const result = pattern.try(text)
  if (result.kind === 'too-long') {
    return run.stop(
      text,
      `at most ${result.longest} characters, since the pattern ${shown(pattern.source)} may backtrack`,
    )
  }
  run.spend(text, result.steps)
  return result.isMatch
}

const LONGEST_SHOWN = 80

/** A part of a schema in the words of a message, cut. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}
