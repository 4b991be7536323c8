import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import { compile } from '../../../../src/machine/compile.ts'
import type { Machine } from '../../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { explore } from '../../../../testing/explore/explore.ts'
import type { ExplorationOptions } from '../../../../testing/explore/explore.ts'
import type { Exploration } from '../../../../testing/explore/exploration.ts'
import { readProperties } from '../../../../testing/properties/read-properties.ts'
import { hookOf } from '../../../../testing/simulation/world/machines/simulated-hooks.ts'

export function machineOf(definition: MachineDefinition): Machine {
  return compile(definition, { merge: mergeFirstLevel, leaseOf: () => 5_000, hookOf })
}

/** Options with the text of a properties file in place of what it means. */
export interface TriedOptions extends Omit<ExplorationOptions, 'properties'> {
  readonly properties?: object | undefined
}

export function optionsOf(definition: MachineDefinition, { properties = { never: [] }, ...options }: TriedOptions) {
  const read = readProperties(JSON.stringify(properties), definition)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return { ...options, properties: read.value }
}

export function explored(definition: MachineDefinition, options: TriedOptions = {}): Exploration {
  return explore(machineOf(definition), optionsOf(definition, options))
}

export function textsOf({ trace }: { readonly trace: readonly { readonly text: string }[] } = { trace: [] }) {
  return trace.map(({ text }) => text)
}
