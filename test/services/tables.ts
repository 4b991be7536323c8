import type {
  MachineDefinition,
  StateDefinition,
  TimeoutDefinition,
  TransitionDefinition,
} from '../../src/machine/definition.ts'

/**
 * A machine with a loop and a compensation: a table is sought until one is free, then paid for; where the payment is refused it
 * is given back. With a `timeout`, whose event is `paymentExpired`, a table may be held for payment until its time is over.
 */
export function tables(channel: string, timeout?: TimeoutDefinition): MachineDefinition {
  const asks = (id: string, label: string, outgoingTransitions: readonly TransitionDefinition[]): StateDefinition => ({
    id,
    isFinal: false,
    outputCommand: { label, channel },
    outgoingTransitions,
  })
  const held = asks('tableHeld', 'takePayment', [
    { inputEvent: 'paymentTaken', targetState: 'tablePaid' },
    { inputEvent: 'paymentExpired', targetState: 'paymentRefused' },
  ])
  return {
    initialState: 'tableSought',
    states: [
      asks('tableSought', 'seekTable', [
        { inputEvent: 'tableBusy', targetState: 'tableSought' },
        { inputEvent: 'tableFound', targetState: 'tableFound' },
        ...(timeout === undefined ? [] : [{ inputEvent: 'tableHeld', targetState: 'tableHeld' }]),
      ]),
      ...(timeout === undefined ? [] : [{ ...held, timeout }]),
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
