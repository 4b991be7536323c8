import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { RunChance } from '../run-chance.ts'
import type { Dice } from '../run-chance.ts'
import { changeOf } from './deployed-machine.ts'
import type { MachineChange } from './deployed-machine.ts'
import { generatedMachine } from './generated-machine.ts'

/** The generated machine of a number, the same in every run. Kept, since to compile one takes as long as a run. */
export function pooledMachine(number: number): MachineDefinition {
  const known = machines.get(number)
  if (known !== undefined) return known
  const made = generatedMachine(diceOf(number))
  machines.set(number, made)
  return made
}

/** The change of a machine by a number. */
export function pooledChange(definition: MachineDefinition, number: number): MachineChange {
  const known = changes.get(definition) ?? new Map<number, MachineChange>()
  changes.set(definition, known)
  const change = known.get(number) ?? changeOf(diceOf(number), definition)
  known.set(number, change)
  return change
}

const machines = new Map<number, MachineDefinition>()
const changes = new WeakMap<MachineDefinition, Map<number, MachineChange>>()

function diceOf(number: number): Dice {
  return new RunChance({ seed: number }, () => 0).stream('machine')
}
