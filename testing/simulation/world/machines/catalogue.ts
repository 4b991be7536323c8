import type { MachineDefinition } from '../../../../src/machine/definition.ts'

/** Machines of every run that has none of its own: each has a shape that the others lack. */
export const CATALOGUE: readonly MachineDefinition[] = [
  {
    // the reservation of examples/reservation
    initialState: 'reservationCreated',
    states: [
      {
        id: 'reservationCreated',
        isFinal: false,
        outputCommand: { label: 'validateReservation', channel: 'participant' },
        outgoingTransitions: [
          { inputEvent: 'validationOK', targetState: 'reservationValidated' },
          { inputEvent: 'validationKO', targetState: 'reservationFailed' },
        ],
      },
      {
        id: 'reservationValidated',
        isFinal: false,
        outputCommand: { label: 'checkReservation', channel: 'participant' },
        outgoingTransitions: [
          { inputEvent: 'checkOK', targetState: 'reservationConfirmed' },
          { inputEvent: 'checkKO', targetState: 'reservationFailed' },
        ],
      },
      { id: 'reservationConfirmed', isFinal: true },
      { id: 'reservationFailed', isFinal: true },
    ],
  },
  {
    // compensation, a loop, deadlines with and without resends, side effects, three channels
    initialState: 'placed',
    creationEvent: 'placeOrder',
    states: [
      {
        id: 'placed',
        isFinal: false,
        outputCommand: { label: 'reserveStock', channel: 'warehouse' },
        sideEffects: [{ label: 'notify', channel: 'mail' }],
        outgoingTransitions: [
          { inputEvent: 'stockReserved', targetState: 'paying' },
          { inputEvent: 'stockShort', targetState: 'backOrdered' },
          { inputEvent: 'orderInvalid', targetState: 'failed' },
        ],
      },
      {
        id: 'backOrdered',
        isFinal: false,
        timeout: { after: 'PT40S', event: 'gaveUp' },
        outgoingTransitions: [
          { inputEvent: 'stockArrived', targetState: 'placed' },
          { inputEvent: 'gaveUp', targetState: 'failed' },
        ],
      },
      {
        id: 'paying',
        isFinal: false,
        outputCommand: { label: 'takePayment', channel: 'bank' },
        timeout: { after: 'PT15S', resend: 2, event: 'paymentExpired' },
        outgoingTransitions: [
          { inputEvent: 'paymentTaken', targetState: 'shipping' },
          { inputEvent: 'paymentRefused', targetState: 'releasing' },
          { inputEvent: 'paymentExpired', targetState: 'releasing' },
          { inputEvent: 'paymentDelayed', targetState: 'paying' },
        ],
      },
      {
        id: 'shipping',
        isFinal: false,
        outputCommand: { label: 'shipParcel', channel: 'warehouse' },
        sideEffects: [
          { label: 'notify', channel: 'mail' },
          { label: 'book', channel: 'bank' },
        ],
        outgoingTransitions: [
          { inputEvent: 'delivered', targetState: 'completed' },
          { inputEvent: 'parcelLost', targetState: 'refunding' },
        ],
      },
      {
        id: 'refunding',
        isFinal: false,
        outputCommand: { label: 'refundPayment', channel: 'bank' },
        timeout: { after: 'PT20S', resend: 1 },
        outgoingTransitions: [{ inputEvent: 'refunded', targetState: 'releasing' }],
      },
      {
        id: 'releasing',
        isFinal: false,
        outputCommand: { label: 'releaseStock', channel: 'warehouse' },
        outgoingTransitions: [{ inputEvent: 'stockReleased', targetState: 'failed' }],
      },
      { id: 'completed', isFinal: true, sideEffects: [{ label: 'thank', channel: 'mail' }] },
      { id: 'failed', isFinal: true, outputCommand: { label: 'tellCustomer', channel: 'mail' } },
    ],
  },
  {
    // a state without a command between two with one, a final state that lists an event, short deadlines
    initialState: 'asking',
    states: [
      {
        id: 'asking',
        isFinal: false,
        outputCommand: { label: 'ask', channel: 'desk' },
        timeout: { after: 'PT2S', event: 'tooLate' },
        outgoingTransitions: [
          { inputEvent: 'agreed', targetState: 'waiting' },
          { inputEvent: 'tooLate', targetState: 'asking' },
          { inputEvent: 'declined', targetState: 'closed' },
        ],
      },
      {
        id: 'waiting',
        isFinal: false,
        outgoingTransitions: [
          { inputEvent: 'agreed', targetState: 'doing' },
          { inputEvent: 'declined', targetState: 'closed' },
        ],
      },
      {
        id: 'doing',
        isFinal: false,
        outputCommand: { label: 'do', channel: 'workshop' },
        outgoingTransitions: [
          { inputEvent: 'done', targetState: 'closed' },
          { inputEvent: 'agreed', targetState: 'doing' },
        ],
      },
      { id: 'closed', isFinal: true, outputCommand: { label: 'archive', channel: 'desk' } },
    ],
  },
]
