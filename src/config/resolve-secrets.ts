import { formatPath, valueAt, type JsonObject, type Path } from './json-tree.ts'
import { problem, type Problem } from './problem.ts'
import { CONFIGURATION } from './schema.ts'
import { isSecretSchema } from './schema-parts.ts'
import { isReference, resolveReference, Secret, type SecretReference, type SecretSources } from './secret.ts'
import { walkSchema } from './walk-schema.ts'

/** A file with its secrets in place of references. */
export interface ResolvedFile {
  /** A copy of the file with secrets in place of the references that could be resolved. */
  readonly file: JsonObject
  /** One for each reference that could not be resolved. */
  readonly problems: readonly Problem[]
}

/** Resolves every reference at a place where the schema allows a secret (C2.6). The file need not be valid. */
export async function resolveSecrets(written: JsonObject, sources: SecretSources): Promise<ResolvedFile> {
  const references = secretReferences(written)
  const results = await Promise.all(references.map(({ reference }) => resolveReference(reference, sources)))
  const file = structuredClone(written)
  const problems: Problem[] = []
  for (const [index, { path }] of references.entries()) {
    const result = results[index]
    if (result instanceof Secret) replaceValue(file, path, result)
    else if (result !== undefined) problems.push(problem('secret.unresolved', { path: formatPath(path), ...result }))
  }
  return { file, problems }
}

interface PlacedReference {
  readonly path: Path
  readonly reference: SecretReference
}

function secretReferences(file: JsonObject): readonly PlacedReference[] {
  const secrets = [...walkSchema(CONFIGURATION, file)].filter(({ schema }) => isSecretSchema(schema))
  return secrets.flatMap(({ path, value }) => (isReference(value) ? [{ path, reference: value }] : []))
}

/** By definition, not assignment: a header may be named `__proto__`. */
function replaceValue(file: JsonObject, path: Path, secret: Secret): void {
  const parent = valueAt(file, path.slice(0, -1))
  const key = path.at(-1)
  if (typeof parent === 'object' && parent !== null && key !== undefined) {
    Object.defineProperty(parent, key, { value: secret })
  }
}
