import { examineConfiguration, type Configuration, type ConfigurationReadOptions } from './examine-configuration.ts'
import type { Read } from './read.ts'
import type { SecretSources } from './secret.ts'

/**
 * The text of a saga.json → a configuration, or every problem at once (C1.2, C2). Never rejects because of the text. Problems
 * and findings hold no secret.
 */
export async function readConfiguration(
  text: string,
  sources: SecretSources,
  options?: ConfigurationReadOptions,
): Promise<Read<Configuration>> {
  const { configuration, problems, unresolved, findings } = await examineConfiguration(text, sources, options)
  if (configuration !== undefined && unresolved.length === 0) {
    return { ok: true, value: configuration, warnings: findings }
  }
  return { ok: false, problems: [...problems, ...unresolved] }
}
