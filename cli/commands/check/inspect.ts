import { parse } from '../../../src/config/parse.ts'
import { describe } from '../../../src/config/problem.ts'
import { readConfiguration } from '../../../src/config/read.ts'
import type { SecretSources } from '../../../src/config/secret.ts'
import { resolveSecrets } from '../../../src/config/secrets.ts'
import { unfinished } from '../../../src/config/unfinished.ts'
import { unknownKeys } from '../../../src/config/unknown-keys.ts'

export interface InspectOptions {
  /** Whether a key that nobody reads is a problem (C2.5). */
  readonly strict: boolean
  /** Where secrets are looked up: here, which need not be where the orchestrator will run. */
  readonly sources: SecretSources
}

/** One line each. */
export interface Findings {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** The text of a saga.json → everything there is to say about it (C1.2, C2), none of it a secret. */
export async function inspect(text: string, { strict, sources }: InspectOptions): Promise<Findings> {
  const parsed = parse(text)
  if (!parsed.ok) return { problems: [describe(parsed.problem)], warnings: [] }

  const read = await readConfiguration(text, ANYTHING)
  const problems = read.ok ? [] : read.problems.map(describe)
  const { problems: unresolved } = await resolveSecrets(parsed.value, sources)
  const unread = unknownKeys(parsed.value)
  const warnings = [...unfinished(parsed.value), ...unresolved.map(describe)]
  return strict ? { problems: [...problems, ...unread], warnings } : { problems, warnings: [...warnings, ...unread] }
}

/** Every reference leads somewhere: whether it does is asked apart, since that is not the file's fault. */
const ANYTHING: SecretSources = { readFile: async () => 'unread', variable: () => 'unread' }
