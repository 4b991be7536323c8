import type { SagaRequest } from '../../../testing/load/service-client.ts'
import type { Emission, ReceivedCommand } from '../../../testing/load/participant.ts'

/** Most guests of a reservation, and the one table that is never free. */
const MOST_GUESTS = 19
const TAKEN_TABLE = 13

/** The n-th reservation. Of twenty, one has too many guests and another wants the taken table. */
export function reservation(n: number): SagaRequest {
  return {
    associatedEntityId: `reservation-${n}`,
    metadata: { reservation: n, table: n % 20, guests: 1 + ((n * 7) % 20) },
  }
}

/** The expected final state of a reservation. */
export function expectedState({ metadata }: SagaRequest): string {
  return isValid(metadata) && isFree(metadata) ? 'reservationConfirmed' : 'reservationFailed'
}

/** The event that a participant emits for a command. It follows from the reservation alone. */
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
