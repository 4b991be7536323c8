import type { MachineDefinition } from '../../../../src/machine/definition.ts'

/** A payment and a parcel; "charged" is a state and an event, "notify" a command and an event. */
export const SMALL_MACHINE: MachineDefinition = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      outputCommand: { label: 'takePayment', channel: 'bank' },
      sideEffects: [{ label: 'notify', channel: 'mail' }, { label: 'log' }],
      outgoingTransitions: [
        { inputEvent: 'charged', targetState: 'charged' },
        { inputEvent: 'notify', targetState: 'paying' },
      ],
    },
    {
      id: 'charged',
      isFinal: false,
      outputCommand: { label: 'shipParcel', channel: 'carrier' },
      outgoingTransitions: [
        { inputEvent: 'delivered', targetState: 'shipped' },
        { inputEvent: 'lost', targetState: 'not shipped' },
      ],
    },
    { id: 'shipped', isFinal: true },
    { id: 'not shipped', isFinal: true },
    { id: 'refused twice', isFinal: true },
  ],
}
