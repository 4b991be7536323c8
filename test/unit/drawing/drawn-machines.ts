import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { ROOT } from '../../walls/tools.ts'

const FILES = [
  'examples/reservation/saga.json',
  'examples/order/saga.json',
  'examples/kafka/saga.json',
  'examples/compose-rest/saga.json',
  'examples/kubernetes/saga.json',
  'examples/embed/saga.json',
  'test/fixtures/reservation.kafka-crud.saga.json',
  'test/fixtures/reservation.tutorial-before-channels.saga.json',
]

/** The machines of the examples, by their path. */
export function exampleMachines(): readonly (readonly [path: string, definition: MachineDefinition])[] {
  return FILES.map((path) => {
    const file = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { machineDefinition: MachineDefinition }
    return [path, file.machineDefinition]
  })
}

/** The machine of the tutorial. */
export const RESERVATION: MachineDefinition = exampleMachines()[0]?.[1] ?? { initialState: '', states: [] }

/** An order with loops, a state that waits, timeouts, side effects and compensation; one command has a hook, one state many side effects. */
export const ORDER: MachineDefinition = withExtras(
  exampleMachines().find(([path]) => path.includes('order'))?.[1] ?? { initialState: '', states: [] },
)

function withExtras(definition: MachineDefinition): MachineDefinition {
  const sideEffects = ['notifyCustomer', 'recordRevenue', 'printLabel', 'countParcel'].map((label) => {
    return { label, channel: 'mail' }
  })
  const states = definition.states.map((state) => {
    const { outputCommand } = state
    if (state.id === 'shipping') return { ...state, sideEffects }
    if (state.id !== 'paymentPending' || outputCommand === undefined) return state
    return { ...state, outputCommand: { ...outputCommand, hook: { type: 'file' as const, content: '' } } }
  })
  return { ...definition, states }
}
