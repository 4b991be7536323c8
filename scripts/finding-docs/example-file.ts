const step = (id: string, command: string, events: Readonly<Record<string, string>>) => ({
  id,
  isFinal: false,
  businessStateId: 'open',
  outputCommand: { label: command, channel: 'services' },
  outgoingTransitions: Object.entries(events).map(([inputEvent, targetState]) => ({ inputEvent, targetState })),
})

/** The file into which an example writes. `check` reports nothing of it. */
export function exampleFile(): unknown {
  return {
    machineDefinition: {
      initialState: 'reserving',
      states: [
        step('reserving', 'reserve', { reserved: 'charging', soldOut: 'failed' }),
        step('charging', 'charge', { charged: 'shipping', refused: 'releasing' }),
        step('shipping', 'ship', { shipped: 'done', lost: 'refunding' }),
        step('refunding', 'refund', { refunded: 'releasing' }),
        step('releasing', 'release', { released: 'failed' }),
        { id: 'done', isFinal: true, businessStateId: 'shipped' },
        { id: 'failed', isFinal: true, businessStateId: 'failed' },
      ],
      businessStates: [{ id: 'open' }, { id: 'shipped' }, { id: 'failed' }],
    },
    communicationProtocols: [
      {
        id: 'services',
        type: 'rest',
        configurations: { protocol: 'http', endpoint: 'services', method: 'POST', retry: {} },
      },
    ],
    persistencyManagement: { type: 'sqlite' },
  }
}
