import type { MachineDefinition } from '../../src/machine/definition.ts'

/** The events that every subject reads: of many sagas in turn, so that all of them move all the time. */
export const SAGAS = 4_000

/** Ids of the length of Batuta's own. */
export function sagaId(number: number): string {
  return (number * 2_654_435_761).toString(16).padStart(32, '0')
}

/** Key and value of an event, without headers, as Flow Manager's participants send it. */
export function eventOf(number: number): { readonly key: string; readonly value: string } {
  const value = { messageLabel: 'next', messagePayload: payloadOf(number) }
  return { key: sagaId(number % SAGAS), value: JSON.stringify(value) }
}

/** A little over 500 bytes with the same members each time, so that the metadata do not grow. */
function payloadOf(number: number) {
  const items = [1, 2, 3, 4].map((line) => ({ line, sku: `SKU-${number * line}`, quantity: line, price: 19.9 * line }))
  return {
    order: number,
    customer: { name: 'Ada Lovelace', street: '12 St James Square', city: 'London', country: 'GB' },
    items,
    checkedAt: '2026-03-14T09:26:53.589Z',
    note: 'Ring twice; the parcel may be left with the neighbours on the ground floor if nobody opens the door.',
  }
}

/** Every event moves its saga and owes a command. The first state owes none, so that sagas can be created in bulk. */
export const MACHINE: MachineDefinition = {
  initialState: 'created',
  states: [
    state('created', undefined, 'even'),
    state('even', 'goOn', 'odd'),
    state('odd', 'goBack', 'even'),
    { id: 'ended', isFinal: true },
  ],
}

function state(id: string, label: string | undefined, next: string) {
  return {
    id,
    isFinal: false,
    ...(label !== undefined && { outputCommand: { label, channel: 'kafka' } }),
    outgoingTransitions: [
      { inputEvent: 'next', targetState: next },
      { inputEvent: 'end', targetState: 'ended' },
    ],
  }
}
