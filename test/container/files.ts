import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { probeRoutes as routesOfProbes } from '../../src/http/probes.ts'

export const ROOT: string = join(import.meta.dirname, '../..')

export function read(...path: readonly string[]): string {
  return readFileSync(join(ROOT, ...path), 'utf8')
}

/** Parses YAML to a type that the caller has checked by a schema. */
export function yaml<T>(text: string): T {
  return parse(text, { merge: true }) as T
}

/** Every document of a YAML file. */
export function documents<T>(text: string): readonly T[] {
  return parseAllDocuments(text).map((document) => {
    for (const error of document.errors) throw error
    return document.toJS() as T
  })
}

/** The names of the variables that the service reads, from the source text, since no export lists them. */
export function knownVariables(): ReadonlySet<string> {
  const [, table = ''] = /const VARIABLES = \{\n([\s\S]*?)\n\}/.exec(read('src/config/environment.ts')) ?? []
  const names = [...table.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name)
  if (!names.includes('HTTP_PORT')) throw new Error('find the variables: expected "const VARIABLES" in environment.ts')
  return new Set(names)
}

/** The paths of the probes. */
export function probeRoutes(): ReadonlySet<string> {
  return new Set(routesOfProbes({ ready: async () => ({ ok: true }) }).map(({ path }) => path))
}

/** `30s`, `500ms`, `45` → seconds. */
export function seconds(text: string | number): number {
  const [, amount = '', unit = ''] = /^([\d.]+)(ms|s|m|)$/.exec(String(text)) ?? []
  if (amount === '') throw new Error(`read a duration: found "${text}"`)
  return Number(amount) * ({ ms: 0.001, m: 60 }[unit] ?? 1)
}
