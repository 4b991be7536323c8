import type { SagaDocument } from '../../../src/codec/saga-document.ts'

/** `GET /sagas/{sagaId}` at the end of a confirmed reservation: equal on every runtime, except ids and times. */
export const CONFIRMED: SagaDocument = {
  sagaId: '<saga>',
  associatedEntityId: 'reservation-1',
  currentState: 'reservationConfirmed',
  latestEvent: 'checkOK',
  isFinal: true,
  businessStateId: 1,
  businessStateDescription: 'The reservation is confirmed',
  metadata: { guest: { name: 'Zoë 🦄', nights: 3 }, tags: ['a', null, 1.5], validationOK: true, checkOK: true },
  history: {
    states: [
      visit('reservationCreated', 0, 'The reservation is in progress'),
      visit('reservationValidated', 0, 'The reservation is in progress'),
      visit('reservationConfirmed', 1, 'The reservation is confirmed'),
    ],
    events: [
      { event: '__created__', timestamp: '<time>', id: 'key/create/1', machine: '<machine>' },
      {
        event: 'validationOK',
        timestamp: '<time>',
        id: 'key/<saga>/0/0/validationOK',
        machine: '<machine>',
        changed: ['validationOK'],
      },
      {
        event: 'checkOK',
        timestamp: '<time>',
        businessEventId: 0,
        businessEventDescription: 'Reservation confirmed',
        id: 'key/<saga>/1/0/checkOK',
        machine: '<machine>',
        changed: ['checkOK'],
      },
    ],
  },
  stateSince: '<time>',
}

/** The metadata of its creation. */
export const ASKED = { guest: { name: 'Zoë 🦄', nights: 3 }, tags: ['a', null, 1.5] }

/** The same saga where the check failed. */
export const FAILED: SagaDocument = {
  ...CONFIRMED,
  currentState: 'reservationFailed',
  latestEvent: 'checkKO',
  businessStateId: 2,
  businessStateDescription: 'The reservation can not be confirmed',
  metadata: { ...ASKED, validationOK: true, checkKO: true },
  history: {
    states: [
      ...CONFIRMED.history.states.slice(0, 2),
      visit('reservationFailed', 2, 'The reservation can not be confirmed'),
    ],
    events: [
      ...CONFIRMED.history.events.slice(0, 2),
      {
        event: 'checkKO',
        timestamp: '<time>',
        businessEventId: 1,
        businessEventDescription: 'Reservation not confirmed',
        id: 'key/<saga>/1/0/checkKO',
        machine: '<machine>',
        changed: ['checkKO'],
      },
    ],
  },
}

/** Replaces the values that differ between runs: the saga's id, times, and the hash of the machine. */
export function comparable(document: SagaDocument, machine: string): SagaDocument {
  const text = JSON.stringify(document)
    .replaceAll(document.sagaId, '<saga>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(`"machine":"${machine}"`, '"machine":"<machine>"')
  return JSON.parse(text) as SagaDocument
}

function visit(state: string, businessStateId: number, businessStateDescription: string) {
  return { state, timestamp: '<time>', businessStateId, businessStateDescription }
}
