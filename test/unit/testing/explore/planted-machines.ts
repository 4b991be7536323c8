import type { MachineDefinition, StateDefinition } from '../../../../src/machine/definition.ts'

const bank = (label: string) => ({ label, channel: 'bank' })

function state(id: string, to: Readonly<Record<string, string>>, more: Partial<StateDefinition> = {}): StateDefinition {
  const outgoingTransitions = Object.entries(to).map(([inputEvent, targetState]) => ({ inputEvent, targetState }))
  return { id, isFinal: false, outgoingTransitions, ...more }
}

const END = { id: 'done', isFinal: true }

/** After a refusal nothing is sent, no event is listed and no deadline stands. */
export const STANDS_STILL: MachineDefinition = {
  initialState: 'paying',
  states: [
    state('paying', { paid: 'done', refused: 'refused' }, { outputCommand: bank('takePayment') }),
    state('refused', {}),
    END,
  ],
}

/** The deadline takes the payment again by another command, whatever became of the first one. */
export const CHARGES_TWICE: MachineDefinition = {
  initialState: 'paying',
  states: [
    state(
      'paying',
      { paid: 'done', expired: 'payingAgain' },
      { outputCommand: bank('takePayment'), timeout: { after: 'PT15M', event: 'expired' } },
    ),
    state('payingAgain', { paid: 'done' }, { outputCommand: bank('takePayment') }),
    END,
  ],
}

/** The order machine leads to `refunded` by no transition. */
export const HAS_NO_WAY: MachineDefinition = {
  initialState: 'paying',
  states: [
    state('paying', { paid: 'done' }, { outputCommand: bank('takePayment') }),
    state('refunding', { refunded: 'refunded' }, { outputCommand: bank('refund') }),
    { id: 'refunded', isFinal: true },
    END,
  ],
}

/** A refused payment is asked for, and refused, for ever. */
export const GOES_ROUND: MachineDefinition = {
  initialState: 'paying',
  states: [
    state('paying', { paid: 'done', refused: 'asking' }, { outputCommand: bank('takePayment') }),
    state('asking', { asked: 'waiting' }, { outputCommand: bank('ask') }),
    state('waiting', { again: 'asking' }, { outputCommand: bank('wait') }),
    END,
  ],
}

/** The command is sent again twice at its deadline; then the saga gives up. */
export const SENDS_AGAIN: MachineDefinition = {
  initialState: 'paying',
  states: [
    state(
      'paying',
      { paid: 'done', expired: 'failed' },
      { outputCommand: bank('takePayment'), timeout: { after: 'PT1M', resend: 2, event: 'expired' } },
    ),
    { id: 'failed', isFinal: true },
    END,
  ],
}
