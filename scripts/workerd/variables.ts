import { isReference } from '../../src/config/secret.ts'

/** Names of the variables that a saga.json refers to as `{ "type": "env" }`, each once (C2.6). */
export function referencedVariables(configuration: string): readonly string[] {
  const names = new Set<string>()
  JSON.parse(configuration.replace(/^\uFEFF/, ''), (_key, value: unknown) => {
    if (isReference(value) && value.type === 'env') names.add(value.name)
    return value
  })
  return [...names]
}
