import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import { compile } from '../../../../src/machine/compile.ts'
import type { Machine } from '../../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Duration } from '../../../../src/engine/saga.ts'

/** Longest duration of one send, of every simulated channel. */
export const SEND_TIMEOUT: Duration = 3_000

/** Ids of the channels of a machine. */
export function channelsOf({ states }: MachineDefinition): readonly string[] {
  const commands = states.flatMap(({ outputCommand, sideEffects = [] }) => [outputCommand, ...sideEffects])
  return [...new Set(commands.flatMap((command) => (command?.channel === undefined ? [] : [command.channel])))]
}

/** The machine of a definition. Compiled once: a run of a few milliseconds would be half of it. */
export function machineOf(definition: MachineDefinition): Machine {
  const known = compiled.get(definition)
  if (known !== undefined) return known
  const machine = compile(definition, { merge: mergeFirstLevel, leaseOf: () => SEND_TIMEOUT + DEFAULTS.leaseMargin })
  compiled.set(definition, machine)
  return machine
}

const compiled = new WeakMap<MachineDefinition, Machine>()

/** The same machine without deadlines, for stores that cannot find them (P17). */
export function withoutDeadlines(definition: MachineDefinition): MachineDefinition {
  const known = timeless.get(definition)
  if (known !== undefined) return known
  const states = definition.states.map(({ timeout: _, ...state }) => state)
  const made = { ...definition, states }
  timeless.set(definition, made)
  return made
}

const timeless = new WeakMap<MachineDefinition, MachineDefinition>()
