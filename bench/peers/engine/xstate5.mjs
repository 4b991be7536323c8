// The reservation on XState 5's pure functions. The bench copies this file beside the packages of the peer.
import { assign, initialTransition, setup, transition } from 'xstate'

const machine = setup({
  actions: {
    send: () => undefined, // as an action to be executed elsewhere: `transition` returns it and does not run it
    merge: assign(({ context, event }) => ({ metadata: { ...context.metadata, ...event.payload } })),
  },
}).createMachine({
  context: ({ input }) => ({ metadata: input }),
  initial: 'reservationCreated',
  states: {
    reservationCreated: {
      entry: { type: 'send', params: { label: 'validateReservation', channel: 'reservations' } },
      on: {
        validationOK: { target: 'reservationValidated', actions: 'merge' },
        validationKO: { target: 'reservationFailed' },
      },
    },
    reservationValidated: {
      entry: { type: 'send', params: { label: 'checkReservation', channel: 'reservations' } },
      on: {
        checkOK: { target: 'reservationConfirmed', actions: 'merge' },
        checkKO: { target: 'reservationFailed' },
      },
    },
    reservationConfirmed: { type: 'final' },
    reservationFailed: { type: 'final' },
  },
})

export function leadSagas(many) {
  for (let led = 0; led < many; led++) {
    let [snapshot, actions] = initialTransition(machine, { reservation: 1, guests: 2, name: 'Ada Lovelace' })
    ;[snapshot, actions] = transition(machine, snapshot, { type: 'validationOK', payload: { price: 50 } })
    if (actions.length !== 1) throw new Error(`walk the machine: found ${actions.length} actions, expected one`)
    ;[snapshot, actions] = transition(machine, snapshot, { type: 'checkOK', payload: { table: 4 } })
    if (snapshot.value !== 'reservationConfirmed') throw new Error(`walk the machine: found "${snapshot.value}"`)
  }
}
