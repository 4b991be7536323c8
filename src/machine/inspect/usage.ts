import type { MachineFinding } from './machine-finding.ts'
import { quoteName, statePath, type MachineGraph } from './graph.ts'

/** A channel of the file, as far as a machine uses it. */
export interface ChannelUse {
  readonly id: string
  /** False for a channel that only receives events. */
  readonly sends: boolean
  readonly receives: boolean
}

/** Channels and business states that nothing names, and a creation event that states wait for. */
export function usageFindings(graph: MachineGraph, channels: readonly ChannelUse[]): readonly MachineFinding[] {
  return [...unusedChannels(graph, channels), ...unusedBusinessStates(graph), ...awaitedCreation(graph)]
}

/** A channel that receives events is used by them, its output topics are not. */
function unusedChannels({ states }: MachineGraph, channels: readonly ChannelUse[]): readonly MachineFinding[] {
  const commands = states.flatMap(({ outputCommand, sideEffects = [] }) => [outputCommand, ...sideEffects])
  // a command without channel is reported itself, and is perhaps the one that lacks here
  if (commands.some((command) => command !== undefined && command.channel === undefined)) return []
  const used = new Set(commands.map((command) => command?.channel))
  return channels.flatMap(({ id, sends, receives }, index) => {
    if (used.has(id) || !sends) return []
    const channel = ['communicationProtocols', index]
    const path = receives ? [...channel, 'configurations', 'outputTopics'] : [...channel, 'id']
    const found = receives
      ? `output topics of ${quoteName(id)}, to which no command goes`
      : `${quoteName(id)}, which no command names`
    return [{ code: 'channel.unused', path, found, expected: 'a channel of a command' } as const]
  })
}

/** Business events are not looked at: most published files list some that no transition names. */
function unusedBusinessStates({ definition, states }: MachineGraph): readonly MachineFinding[] {
  const used = new Set(states.map(({ businessStateId }) => String(businessStateId)))
  return (definition.businessStates ?? []).flatMap(({ id }, index) => {
    if (used.has(String(id))) return []
    const path = ['machineDefinition', 'businessStates', index, 'id']
    const found = `${typeof id === 'string' ? quoteName(id) : id}, which no state names`
    return [{ code: 'business-state.unused', path, found, expected: 'a business state of a state' } as const]
  })
}

/** The creation is recorded with this label; no event of it ever comes in. */
function awaitedCreation({ definition, states }: MachineGraph): readonly MachineFinding[] {
  const { creationEvent } = definition
  if (creationEvent === undefined) return []
  return states.flatMap(({ outgoingTransitions = [] }, state) =>
    outgoingTransitions.flatMap(({ inputEvent }, at) => {
      if (inputEvent !== creationEvent) return []
      const path = statePath(state, 'outgoingTransitions', at, 'inputEvent')
      const found = `${quoteName(inputEvent)}, the creation event`
      return [{ code: 'creation-event.awaited', path, found, expected: 'an event that a participant sends' } as const]
    }),
  )
}
