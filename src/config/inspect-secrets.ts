import { finding, type Finding } from './finding.ts'
import type { Inspected, InspectedFile } from './inspector.ts'
import { formatPath, get, objectsIn, type JsonObject, type Path } from './json-tree.ts'
import { CONFIGURATION } from './schema.ts'
import { isSecretSchema } from './schema-parts.ts'
import { walkSchema } from './walk-schema.ts'

/** Secrets that are written in the file, at places where a reference may stand (C2.6). Their values are not shown. */
export function secretInspector({ file }: InspectedFile): Inspected {
  const places = [...walkSchema(CONFIGURATION, file)].filter(({ schema }) => isSecretSchema(schema))
  const found = new Map<string, Finding>()
  for (const { value, path } of places) {
    if (typeof value !== 'string' || !isSecret(path, value)) continue
    const place = formatPath(path)
    const expected = 'a reference: { "type": "env", "name": … } or { "type": "file", "path": … }'
    found.set(place, finding('secret.plain', { path: place, found: 'a secret in plain text', expected }))
  }
  return { problems: [], findings: [...found.values(), ...secretQueries(file)] }
}

/** Secrets in the query of a channel's path, where no reference may stand. */
function secretQueries(file: JsonObject): readonly Finding[] {
  return objectsIn(file['communicationProtocols']).flatMap(([index, { configurations }]) => {
    const written = get(configurations, 'path')
    const [, query = ''] = typeof written === 'string' ? written.split('?', 2) : []
    const isSecretQuery = [...new URLSearchParams(query).keys()].some((name) => SECRET_NAME.test(name))
    if (!isSecretQuery) return []
    const path = formatPath(['communicationProtocols', index, 'configurations', 'path'])
    const expected = 'a header whose value is a reference'
    return [finding('secret.plain', { path, found: 'a secret in a query', expected })]
  })
}

/** Keys whose values are always secret. Certificates, user names and most headers are not. */
const SECRET_KEYS: ReadonlySet<string> = new Set(['password', 'passphrase', 'key', 'token'])
const URIS: ReadonlySet<string> = new Set(['connectionUri', 'url'])
/** Names of headers, and of parameters of a query. */
const SECRET_NAME = /authorization|token|passw|secret|credential|cookie|api[-_]?key|signature/i

function isSecret(path: Path, value: string): boolean {
  const [key, parent] = [path.at(-1), path.at(-2)]
  if (value.trim() === '' || typeof key !== 'string') return false
  if (parent === 'headers') return SECRET_NAME.test(key)
  return URIS.has(key) ? hasPassword(value) : SECRET_KEYS.has(key)
}

/** True if a URI has a password before its "@". */
function hasPassword(uri: string): boolean {
  const [, rest = ''] = uri.split('://', 2)
  const [authority = ''] = rest.split('/', 1)
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf('@')))
  return user.includes(':') && !user.endsWith(':')
}
