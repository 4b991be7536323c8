// The reservation on the pure functions of XState 6, an alpha. The bench copies this file beside the packages of the peer.
import { createMachine, initialTransition, transition } from 'xstate'

const send = () => undefined // `transition` returns it and does not run it

/** A state that sends a command and goes on with the payload merged. */
function asking(label, [good, next], bad) {
  return {
    entry: (_, enqueue) => enqueue(send, { label, channel: 'reservations' }),
    on: {
      [good]: ({ context, event }) => ({
        target: next,
        context: { metadata: { ...context.metadata, ...event.payload } },
      }),
      [bad]: { target: 'reservationFailed' },
    },
  }
}

const machine = createMachine({
  context: ({ input }) => ({ metadata: input }),
  initial: 'reservationCreated',
  states: {
    reservationCreated: asking('validateReservation', ['validationOK', 'reservationValidated'], 'validationKO'),
    reservationValidated: asking('checkReservation', ['checkOK', 'reservationConfirmed'], 'checkKO'),
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
