import type { MachineDefinition, StateDefinition, TimeoutDefinition } from '../../src/machine/definition.ts'

/** The last one has eight times the first one's deadline. */
const TRIES = 4

/**
 * Runs `attempt` with a time for its deadlines, and again with twice the time where it resolves with false: a deadline came before
 * the attempt had arranged its scene, as may happen on a busy machine. `first`: seconds.
 */
export async function beforeDeadline(first: number, attempt: (after: string) => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) if (await attempt(`PT${first * 2 ** tries}S`)) return
  throw new Error(`arrange a scene before its deadline: found none in time with ${TRIES} deadlines, from ${first} s on`)
}

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
