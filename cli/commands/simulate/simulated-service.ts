import type { Configuration } from '../../../src/config/examine-configuration.ts'
import type { MachineDefinition, StateDefinition } from '../../../src/machine/definition.ts'
import type { PlayedService } from '../../../testing/simulation/world/runs/played-service.ts'
import type { StoreKind } from '../../../testing/simulation/world/stores/store-kinds.ts'
import type { PlayFile } from '../../play/play-schema.ts'

/** A saga.json and a play file as a run takes them. */
export type UsersService = Omit<PlayedService, 'isPlain'>

/** The simulated kind of each store: those of another type are taken as shared. */
const KINDS: Readonly<Record<string, StoreKind>> = {
  memory: 'single',
  sqlite: 'single',
  'durable-object': 'object',
  crud: 'tagged',
  rest: 'untagged',
}

/** The service of a saga.json, with its own store, retries and treatment of unexpected events. */
export function simulatedService(
  { machine, channels, persistency, settings }: Configuration,
  { commands }: PlayFile,
): UsersService {
  return {
    definition: withoutPayloads(machine),
    play: commands,
    store: persistency === undefined ? 'single' : (KINDS[persistency.type] ?? 'shared'),
    retries: new Map(channels.map((one) => [one.id, one.type === 'rest' ? one.configurations.retry : {}])),
    limits: new Map(channels.map((one) => [one.id, one.type === 'rest' ? one.configurations.limits : undefined])),
    unexpectedEvents: settings.unexpectedEvents,
    isSourced: channels.some((one) => one.type === 'kafka' && one.configurations.inputTopics.length > 0),
  }
}

/** What of the file the simulation leaves out, in words. */
export function leftOut({ machine }: Configuration): readonly string[] {
  const hasSchema = machine.states.some(({ outgoingTransitions = [] }) =>
    outgoingTransitions.some((one) => one.payloadValidationSchema !== undefined),
  )
  const hasHook = machine.states.some((state) => commandsOf(state).some(({ hook }) => hook !== undefined))
  return [
    ...(hasSchema ? ['payloads are not checked: every event that a state lists is taken'] : []),
    ...(hasHook ? ['hooks of commands are not run: participants get plain messages'] : []),
  ]
}

/** Payloads of simulated participants are not those of the real ones, so neither schemas nor hooks could judge them. */
function withoutPayloads(machine: MachineDefinition): MachineDefinition {
  const states = machine.states.map((state) => ({
    ...state,
    outputCommand: state.outputCommand && { ...state.outputCommand, hook: undefined },
    sideEffects: state.sideEffects?.map((one) => ({ ...one, hook: undefined })),
    outgoingTransitions: state.outgoingTransitions?.map((one) => ({ ...one, payloadValidationSchema: undefined })),
  }))
  return { ...machine, states }
}

function commandsOf({ outputCommand, sideEffects = [] }: StateDefinition) {
  return outputCommand === undefined ? sideEffects : [outputCommand, ...sideEffects]
}
