// The reservation on `xstate/fsm` of XState 6, an alpha: state and context alone. The bench copies this file beside the packages.
import { createFSM } from 'xstate/fsm'

const merge =
  (target) =>
  ({ context, event }) => ({ target, context: { metadata: { ...context.metadata, ...event.payload } } })

const machine = createFSM({
  initial: 'reservationCreated',
  context: { metadata: {} },
  states: {
    reservationCreated: { on: { validationOK: merge('reservationValidated'), validationKO: 'reservationFailed' } },
    reservationValidated: { on: { checkOK: merge('reservationConfirmed'), checkKO: 'reservationFailed' } },
    reservationConfirmed: {},
    reservationFailed: {},
  },
})

export function leadSagas(many) {
  for (let led = 0; led < many; led++) {
    const context = { metadata: { reservation: 1, guests: 2, name: 'Ada Lovelace' } }
    let state = { value: machine.initialState.value, context }
    state = machine.transition(state, { type: 'validationOK', payload: { price: 50 } })
    state = machine.transition(state, { type: 'checkOK', payload: { table: 4 } })
    if (state.value !== 'reservationConfirmed') throw new Error(`walk the machine: found "${state.value}"`)
  }
}
