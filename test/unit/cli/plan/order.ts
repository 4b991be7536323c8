import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { examineConfiguration, type Configuration } from '../../../../src/config/examine-configuration.ts'
import { ROOT } from '../run.ts'

const TEXT = readFileSync(join(ROOT, 'examples/order/saga.json'), 'utf8')

/** A saga.json as a test edits it. */
export type EditedFile = {
  machineDefinition: {
    initialState: string
    states: EditedState[]
    businessStates?: { id: string | number; description?: string }[]
  }
  communicationProtocols: { id: string; configurations: Record<string, unknown> }[]
  persistencyManagement: object
  settings?: object
}

export interface EditedState {
  id: string
  isFinal: boolean
  description?: string
  businessStateId?: string | number
  outputCommand?: { label: string; channel?: string }
  sideEffects?: object[]
  timeout?: object
  outgoingTransitions?: { inputEvent: string; targetState: string; payloadValidationSchema?: object }[]
}

/** The text of examples/order, after an edit. */
export function orderText(edit: (file: EditedFile) => void = () => undefined): string {
  const file = JSON.parse(TEXT) as EditedFile & { $schema?: string }
  delete file.$schema
  edit(file)
  return JSON.stringify(file, null, 2)
}

/** The same as a configuration. */
export async function order(edit?: (file: EditedFile) => void): Promise<Configuration> {
  const { configuration, problems } = await examineConfiguration(orderText(edit), { variable: () => undefined })
  if (configuration === undefined) throw new Error(`read the edited order: ${JSON.stringify(problems)}`)
  return configuration
}

/** A state of the file. */
export function stateOf({ machineDefinition }: EditedFile, id: string): EditedState {
  const state = machineDefinition.states.find((one) => one.id === id)
  if (state === undefined) throw new Error(`find the state "${id}": there is none`)
  return state
}

/** Gives a state a new name, in the whole file. */
export function rename(from: string, to: string): (file: EditedFile) => void {
  return ({ machineDefinition }) => {
    if (machineDefinition.initialState === from) machineDefinition.initialState = to
    for (const state of machineDefinition.states) {
      if (state.id === from) state.id = to
      for (const one of state.outgoingTransitions ?? []) if (one.targetState === from) one.targetState = to
    }
  }
}
