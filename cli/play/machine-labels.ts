import type { MachineDefinition, StateDefinition } from '../../src/machine/definition.ts'

/** A state that sends a command, with the events that it then waits for. */
export interface SendingState {
  readonly id: string
  /** False where the label is one of its side effects, which wait for no answer. */
  readonly isAwaited: boolean
  readonly events: readonly string[]
  /** The event of its timeout, which no participant sends. */
  readonly timeoutEvent?: string | undefined
}

/** The states of a machine that send a label. */
export function statesSending({ states }: MachineDefinition, label: string): readonly SendingState[] {
  return states
    .filter((state) => commandsOf(state).some((command) => command.label === label))
    .map(({ id, outputCommand, outgoingTransitions = [], timeout }) => ({
      id,
      isAwaited: outputCommand?.label === label,
      events: [...new Set(outgoingTransitions.map(({ inputEvent }) => inputEvent))],
      timeoutEvent: timeout?.event,
    }))
}

/** The labels of all commands and side effects that have a channel. */
export function labelsIn({ states }: MachineDefinition): readonly string[] {
  return [...new Set(states.flatMap(commandsOf).map(({ label }) => label))]
}

/** The channels on which a label is sent. */
export function channelsOf({ states }: MachineDefinition, label: string): readonly string[] {
  const sent = states.flatMap(commandsOf).filter((command) => command.label === label)
  return [...new Set(sent.flatMap(({ channel }) => channel ?? []))]
}

function commandsOf({ outputCommand, sideEffects = [] }: StateDefinition) {
  const all = outputCommand === undefined ? sideEffects : [outputCommand, ...sideEffects]
  return all.filter(({ channel }) => channel !== undefined)
}
