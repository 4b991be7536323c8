import type { Problem } from './problem.ts'
import { CONFIGURATION } from './schema.ts'
import { SECRET } from './schema-parts.ts'
import { isReference, resolveReference, Secret, type SecretReference, type SecretSources } from './secret.ts'
import { formatPath, valueAt, type JsonObject, type Path } from './json-tree.ts'
import { places } from './walk-schema.ts'

export interface Resolved {
  /** A copy of the file whose secret references have become secrets. */
  readonly tree: JsonObject
  /** One for each reference that leads nowhere. */
  readonly problems: readonly Problem[]
}

/** Looks up every reference that stands where a secret may stand (C2.6), whatever else is wrong with the file. */
export async function resolveSecrets(written: JsonObject, sources: SecretSources): Promise<Resolved> {
  const references = referencesIn(written)
  const answers = await Promise.all(references.map(({ reference }) => resolveReference(reference, sources)))
  const tree = structuredClone(written)
  const problems: Problem[] = []
  for (const [index, { path }] of references.entries()) {
    const answer = answers[index]
    if (answer instanceof Secret) put(tree, path, answer)
    else if (answer !== undefined) problems.push({ path: formatPath(path), ...answer })
  }
  return { tree, problems }
}

interface Found {
  readonly path: Path
  readonly reference: SecretReference
}

/** Told by their getter: a pipe is a copy of its first schema. */
function referencesIn(written: JsonObject): readonly Found[] {
  const allowed = [...places(CONFIGURATION, written)].filter(({ schema }) => schema.getter === SECRET.getter)
  return allowed.flatMap(({ path, value }) => (isReference(value) ? [{ path, reference: value }] : []))
}

/** Defined, not assigned: a header may be named `__proto__`. */
function put(tree: JsonObject, path: Path, secret: Secret): void {
  const parent = valueAt(tree, path.slice(0, -1))
  const key = path.at(-1)
  if (typeof parent === 'object' && parent !== null && key !== undefined) {
    Object.defineProperty(parent, key, { value: secret })
  }
}
