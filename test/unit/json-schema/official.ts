import { readFileSync } from 'node:fs'
import type { Draft } from '../../../src/json-schema/draft.ts'

/** A group of the official tests: one schema, and values that it accepts or refuses. */
export interface TestGroup {
  readonly file: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>> | boolean
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[]
}

const FOLDER = new URL('../../fixtures/json-schema/2026-08/', import.meta.url)

export const DRAFTS: Readonly<Record<Draft, string>> = {
  '7': 'http://json-schema.org/draft-07/schema#',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
}

export function officialTests(name: string): readonly TestGroup[] {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as readonly TestGroup[]
}

/** A schema of the suite with the `$schema` of its draft, which those of draft 7 and formats leave out. */
export function ofDraft(schema: TestGroup['schema'], draft: Draft): unknown {
  return typeof schema === 'boolean' || '$schema' in schema ? schema : { $schema: DRAFTS[draft], ...schema }
}
