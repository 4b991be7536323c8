import type { MachineDefinition, StateDefinition, TransitionDefinition } from '../../src/machine/definition.ts'

/**
 * A machine with a loop and a compensation: a table is sought until one is free, then paid for; where the payment is refused it
 * is given back.
 */
export function tables(channel: string): MachineDefinition {
  const asks = (id: string, label: string, outgoingTransitions: readonly TransitionDefinition[]): StateDefinition => ({
    id,
    isFinal: false,
    outputCommand: { label, channel },
    outgoingTransitions,
  })
  return {
    initialState: 'tableSought',
    states: [
      asks('tableSought', 'seekTable', [
        { inputEvent: 'tableBusy', targetState: 'tableSought' },
        { inputEvent: 'tableFound', targetState: 'tableFound' },
      ]),
      asks('tableFound', 'takePayment', [
        { inputEvent: 'paymentTaken', targetState: 'tablePaid' },
        { inputEvent: 'paymentRefused', targetState: 'paymentRefused' },
      ]),
      asks('paymentRefused', 'giveBackTable', [{ inputEvent: 'tableGivenBack', targetState: 'tableGivenBack' }]),
      { id: 'tablePaid', isFinal: true },
      { id: 'tableGivenBack', isFinal: true },
    ],
  }
}
