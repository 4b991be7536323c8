import { reasonOf } from '../errors.ts'
import { decodeText, REPLACED } from './utf8.ts'

const REDACTED = '[redacted]'
/** Whom a host's console asks how a value prints: Node and Bun, Deno. */
const INSPECTORS = ['nodejs.util.inspect.custom', 'Deno.customInspect']

/** A text that prints as redacted wherever somebody prints it. Only `reveal` gives it away (C2.6). */
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

/** Where a secret may be instead of in the file (C2.6). */
export type SecretReference =
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'env'; readonly name: string }

/** What the host lends to look secrets up. An edge runtime has no files, and its variables are its bindings (C1.4). */
export interface SecretSources {
  readonly readFile?: ((path: string) => Promise<Uint8Array>) | undefined
  variable(name: string): string | undefined
}

/** Why a reference leads nowhere, in the words of a problem. */
export interface Unresolved {
  readonly found: string
  readonly expected: string
}

export function isReference(value: unknown): value is SecretReference {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  if (value.type === 'file') return 'path' in value && typeof value.path === 'string' && value.path !== ''
  return value.type === 'env' && 'name' in value && typeof value.name === 'string' && value.name !== ''
}

/** Never rejects: a reference that leads nowhere is an answer. */
export async function resolveReference(
  reference: SecretReference,
  sources: SecretSources,
): Promise<Secret | Unresolved> {
  return reference.type === 'file'
    ? await fromFile(reference.path, sources.readFile)
    : fromVariable(reference.name, sources)
}

async function fromFile(path: string, readFile: SecretSources['readFile']): Promise<Secret | Unresolved> {
  if (readFile === undefined) {
    const expected = 'a plain string or a reference of type "env", as this host lends no file system'
    return { found: 'a reference to a file', expected }
  }
  try {
    const decoded = decodeText(await readFile(path))
    if (decoded.ok) return new Secret(decoded.text.replace(/\r?\n$/, ''))
    return { found: `file ${JSON.stringify(path)} with ${decoded.found}`, expected: decoded.expected }
  } catch (thrown) {
    return { found: `file ${JSON.stringify(path)} unread (${reasonOf(thrown)})`, expected: 'a file that can be read' }
  }
}

function fromVariable(name: string, sources: SecretSources): Secret | Unresolved {
  const value = sources.variable(name)
  if (value?.includes(REPLACED) === true) {
    return { found: `variable ${JSON.stringify(name)} with bytes that are no UTF-8`, expected: 'a text in UTF-8' }
  }
  if (typeof value === 'string' && value !== '') return new Secret(value)
  return { found: `variable ${JSON.stringify(name)} not set`, expected: 'the name of a variable that is set' }
}
