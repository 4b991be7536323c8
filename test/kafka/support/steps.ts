import type { MachineDefinition, StateDefinition } from '../../../src/machine/definition.ts'
import type { Script } from '../../services/behaviour.ts'

/** A machine with a row of states, each with a command whose event leads to the next. */
export function rowOf(length: number): {
  readonly machine: MachineDefinition
  readonly script: Script
  readonly last: string
} {
  const state = (index: number): StateDefinition => ({
    id: `state${index}`,
    isFinal: index === length - 1,
    ...(index < length - 1 && {
      outputCommand: { label: `command${index}`, channel: 'kafkaChannel' },
      outgoingTransitions: [{ inputEvent: `event${index}`, targetState: `state${index + 1}` }],
    }),
  })
  const states = Array.from({ length }, (_, index) => state(index))
  const script = Object.fromEntries(states.slice(0, -1).map((_, index) => [`command${index}`, `event${index}`]))
  return { machine: { initialState: 'state0', states }, script, last: `state${length - 1}` }
}
