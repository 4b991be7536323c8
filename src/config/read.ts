import * as v from 'valibot'
import { headerFindings, headerProblems } from './headers.ts'
import { portFindings, trustProblems } from './outward.ts'
import { parse } from './parse.ts'
import type { Read } from './problem.ts'
import { redact } from './redact.ts'
import { brokenReferences } from './references.ts'
import { CONFIGURATION, type Sections } from './schema.ts'
import type { SecretSources } from './secret.ts'
import { resolveSecrets } from './secrets.ts'
import { shapeProblems } from './shape-problems.ts'
import { unfinished } from './unfinished.ts'
import { unknownKeys } from './unknown-keys.ts'

/** A saga.json that is valid as a whole, every secret at hand. */
export interface Configuration extends Sections {
  /** The file as written, without its secrets (`GET /configuration`). */
  readonly shown: unknown
  /** The machine as written (`GET /machine-definition`). */
  readonly machineShown: unknown
}

/**
 * The text of a saga.json → a configuration, or everything that is wrong with it at once (C1.2, C2). Never rejects for
 * what is in the text; no problem and no warning holds a secret.
 */
export async function readConfiguration(text: string, sources: SecretSources): Promise<Read<Configuration>> {
  const parsed = parse(text)
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] }

  const written = parsed.value
  const { tree, problems: unresolved } = await resolveSecrets(written, sources)
  const checked = v.safeParse(CONFIGURATION, tree)
  const misshapen = shapeProblems(tree, checked.issues)
  const spoken = new Set(misshapen.map(({ path }) => path))
  const all = [...brokenReferences(written), ...headerProblems(written), ...trustProblems(written)]
  const broken = all.filter(({ path }) => !spoken.has(path))
  const problems = [...misshapen, ...broken, ...unresolved]
  if (!checked.success || problems.length > 0) return { ok: false, problems }

  const value = { ...checked.output, shown: redact(written), machineShown: written['machineDefinition'] }
  const outward = [...headerFindings(written), ...portFindings(checked.output)]
  const told = outward.map(({ path, reason }) => `${path}: ${reason}`)
  return { ok: true, value, warnings: [...unfinished(written), ...unknownKeys(written), ...told] }
}
