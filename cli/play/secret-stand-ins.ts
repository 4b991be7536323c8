import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { isObject } from '../../src/config/json-tree.ts'
import { isReference } from '../../src/config/secret.ts'
import type { SecretReference } from '../../src/config/secret.ts'

/** Values for the secrets of a saga.json that this machine lacks: nothing is connected to, so their values do not matter. */
export interface SecretStandIns {
  /** Reads a secret in a variable: that of this machine, or a stand-in. */
  readonly variable: (name: string) => string | undefined
  /** Reads saga.json, and secrets in files; a stand-in for a file that is not here. */
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** The type of the store, where it is one of a host's own. */
  readonly stores: readonly string[]
}

/** An address of the right form for each built-in store, in place of a secret one. */
const ADDRESSES: Readonly<Record<string, string>> = {
  mongo: 'mongodb://127.0.0.1/play',
  redis: 'redis://127.0.0.1',
  'upstash-redis': 'https://127.0.0.1',
}
/** Elsewhere a secret is a credential, a header or a broker. */
const ELSEWHERE = 'play:9092'

/** Finds every reference to a secret in the text. A text that is no JSON has none: the service reports it. */
export function secretStandIns(text: string): SecretStandIns {
  const file = parsed(text)
  const store = isObject(file['persistencyManagement']) ? file['persistencyManagement'] : {}
  const type = typeof store['type'] === 'string' ? store['type'] : ''
  const standIns = new Map([
    ...referencesIn(file).map((one): [SecretReference, string] => [one, ELSEWHERE]),
    ...referencesIn(store).map((one): [SecretReference, string] => [one, ADDRESSES[type] ?? ELSEWHERE]),
  ])
  const variables = new Map<string, string>()
  const files = new Map<string, string>()
  for (const [reference, value] of standIns) {
    if (reference.type === 'env') variables.set(reference.name, value)
    else files.set(reference.path, value)
  }
  return {
    variable: (name) => process.env[name] || variables.get(name),
    readFile: async (path) => {
      const standIn = files.get(path)
      if (standIn === undefined) return readFile(path)
      return readFile(path).catch(() => Buffer.from(standIn))
    },
    stores: type === '' ? [] : [type],
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

function referencesIn(value: unknown): readonly SecretReference[] {
  if (isReference(value)) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referencesIn) : []
}
