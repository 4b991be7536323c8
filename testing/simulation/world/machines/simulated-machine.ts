import { DEFAULTS } from '../../../../src/defaults.ts'
import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import type { Duration } from '../../../../src/engine/saga.ts'
import { compile } from '../../../../src/machine/compile.ts'
import type { Machine } from '../../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { MachineVersion } from './deployed-machine.ts'
import { hookOf } from './simulated-hooks.ts'

/** Longest duration of one send, of every simulated channel. */
export const SEND_TIMEOUT: Duration = 3_000

/** Ids of the channels of a machine. */
export function channelsOf({ states }: MachineDefinition): readonly string[] {
  const commands = states.flatMap(({ outputCommand, sideEffects = [] }) => [outputCommand, ...sideEffects])
  return [...new Set(commands.flatMap((command) => (command?.channel === undefined ? [] : [command.channel])))]
}

/** The machine of a version. Compiled once: a run of a few milliseconds would be half of it. */
export function machineOf(version: MachineVersion): Machine {
  const known = compiled.get(version)
  if (known !== undefined) return known
  const { definition, movedStates } = version
  const leaseOf = () => SEND_TIMEOUT + DEFAULTS.leaseMargin
  const machine = compile(definition, { merge: mergeFirstLevel, leaseOf, hookOf, movedStates })
  compiled.set(version, machine)
  return machine
}

const compiled = new WeakMap<MachineVersion, Machine>()

/** The version of a machine that has never been changed. */
export function firstVersionOf(definition: MachineDefinition): MachineVersion {
  return cached(versions, definition, () => ({ definition }))
}

/** The same machine without deadlines, for stores that cannot find them (P17). */
export function withoutDeadlines(definition: MachineDefinition): MachineDefinition {
  return cached(timeless, definition, () => {
    const states = definition.states.map((state) => ({ ...state, timeout: undefined }))
    return { ...definition, states }
  })
}

const versions = new WeakMap<MachineDefinition, MachineVersion>()
const timeless = new WeakMap<MachineDefinition, MachineDefinition>()

function cached<T>(cache: WeakMap<MachineDefinition, T>, key: MachineDefinition, make: () => T): T {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = make()
  cache.set(key, made)
  return made
}
