import { reasonOf } from '../errors.ts'
import { decodeUtf8, REPLACEMENT_CHARACTER } from './utf8.ts'

const REDACTED = '[redacted]'
/** Symbols of the method by which a console prints a value: of Node and Bun, and of Deno. */
const INSPECTORS = ['nodejs.util.inspect.custom', 'Deno.customInspect']

/** A text that prints as `[redacted]`; only `reveal` returns it (C2.6). */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  static {
    for (const inspector of INSPECTORS) {
      Object.defineProperty(Secret.prototype, Symbol.for(inspector), { value: () => REDACTED })
    }
  }
}

/** A secret outside the file (C2.6). */
export type SecretReference =
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'env'; readonly name: string }

/** Access to secrets outside the file. An edge runtime has no files, and its bindings are its variables (C1.4). */
export interface SecretSources {
  readonly readFile?: ((path: string) => Promise<Uint8Array>) | undefined
  variable(name: string): string | undefined
}

/** The reason why a reference cannot be resolved, as `found` and `expected` of a problem. */
export interface UnresolvedReference {
  readonly found: string
  readonly expected: string
}

/** True if a value has the shape of a secret reference. */
export function isReference(value: unknown): value is SecretReference {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  if (value.type === 'file') return 'path' in value && typeof value.path === 'string' && value.path !== ''
  return value.type === 'env' && 'name' in value && typeof value.name === 'string' && value.name !== ''
}

/** Never rejects: a reference that cannot be resolved is a result. */
export async function resolveReference(
  reference: SecretReference,
  sources: SecretSources,
): Promise<Secret | UnresolvedReference> {
  return reference.type === 'file'
    ? await fromFile(reference.path, sources.readFile)
    : fromVariable(reference.name, sources)
}

async function fromFile(path: string, readFile: SecretSources['readFile']): Promise<Secret | UnresolvedReference> {
  if (readFile === undefined) {
    const expected = 'a plain string or a reference of type "env", since this host has no file system'
    return { found: 'a reference to a file', expected }
  }
  try {
    const decoded = decodeUtf8(await readFile(path))
    if (decoded.ok) return new Secret(decoded.text.replace(/\r?\n$/, ''))
    return { found: `file ${JSON.stringify(path)} with ${decoded.found}`, expected: decoded.expected }
  } catch (thrown) {
    return {
      found: `file ${JSON.stringify(path)} that cannot be read (${reasonOf(thrown)})`,
      expected: 'a file that can be read',
    }
  }
}

function fromVariable(name: string, sources: SecretSources): Secret | UnresolvedReference {
  const value = sources.variable(name)
  if (value?.includes(REPLACEMENT_CHARACTER) === true) {
    return { found: `variable ${JSON.stringify(name)} with bytes that are no UTF-8`, expected: 'a text in UTF-8' }
  }
  if (typeof value === 'string' && value !== '') return new Secret(value)
  return { found: `variable ${JSON.stringify(name)}, which is not set`, expected: 'the name of a variable that is set' }
}
