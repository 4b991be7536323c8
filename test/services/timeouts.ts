import type { MachineDefinition, StateDefinition, TimeoutDefinition } from '../../src/machine/definition.ts'

/** Two ways from `waiting`: the state `asked` sends its command again once after this time, `patient` fires its event. */
export function machineOfTimeouts(after: string, channel = 'reservations'): MachineDefinition {
  const asks = (id: string, label: string, timeout: TimeoutDefinition): StateDefinition => ({
    id,
    isFinal: false,
    outputCommand: { label, channel },
    timeout,
    outgoingTransitions: [
      { inputEvent: 'answered', targetState: 'done' },
      { inputEvent: 'silence', targetState: 'gaveUp' },
      { inputEvent: `${label} again`, targetState: id },
    ],
  })
  return {
    initialState: 'waiting',
    states: [
      {
        id: 'waiting',
        isFinal: false,
        outgoingTransitions: [
          { inputEvent: 'ask', targetState: 'asked' },
          { inputEvent: 'wait', targetState: 'patient' },
        ],
      },
      asks('asked', 'ask', { after, resend: 1, event: 'silence' }),
      asks('patient', 'beg', { after, event: 'silence' }),
      { id: 'done', isFinal: true },
      { id: 'gaveUp', isFinal: true },
    ],
  }
}
