import type { Creation } from '../../../testing/load/service-client.ts'
import type { Emission, ReceivedCommand } from '../../../testing/load/participant.ts'

/** The restaurant of the demonstration: so many guests fit at most, and this table is never free. */
const MOST_GUESTS = 19
const TAKEN_TABLE = 13

/** The n-th reservation. One in twenty has too many guests, another one in twenty wants the table that is taken. */
export function reservation(n: number): Creation {
  return {
    associatedEntityId: `reservation-${n}`,
    metadata: { reservation: n, table: n % 20, guests: 1 + ((n * 7) % 20) },
  }
}

/** The final state that a reservation must come to. */
export function expectedState({ metadata }: Creation): string {
  return isValid(metadata) && isFree(metadata) ? 'reservationConfirmed' : 'reservationFailed'
}

/** What the participants say to a command: decided by the reservation alone. */
export function answer({ label, payload }: ReceivedCommand): Emission {
  switch (label) {
    case 'validateReservation':
      return isValid(payload)
        ? { label: 'validationOK', payload: { price: 25 * Number(payload['guests']) } }
        : { label: 'validationKO', payload: { reason: `there is room for ${MOST_GUESTS} guests` } }
    case 'checkReservation':
      return isFree(payload)
        ? { label: 'checkOK', payload: { confirmation: `R-${String(payload['reservation'])}` } }
        : { label: 'checkKO', payload: { reason: `table ${TAKEN_TABLE} is taken` } }
    default:
      throw new Error(`take a command: found "${label}", expected "validateReservation" or "checkReservation"`)
  }
}

function isValid(metadata: Readonly<Record<string, unknown>>): boolean {
  return Number(metadata['guests']) <= MOST_GUESTS
}

function isFree(metadata: Readonly<Record<string, unknown>>): boolean {
  return metadata['table'] !== TAKEN_TABLE
}
