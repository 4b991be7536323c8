import type { SagaRequest } from '../../../testing/load/service-client.ts'

/** Most guests of a reservation, and seats, in the participants of examples/kafka. */
const MOST_GUESTS = 12
const SEATS = 8

/** The n-th reservation. Of twenty, two have too many guests and four more find no seats. */
export function reservation(n: number): SagaRequest {
  return { associatedEntityId: `reservation-${n}`, metadata: { reservation: n, guests: GUESTS[n % GUESTS.length] } }
}

const GUESTS = Array.from({ length: 20 }, (_, n) => (n >= 18 ? MOST_GUESTS + 1 : n >= 14 ? SEATS + 1 : 1 + (n % SEATS)))

/** The expected final state of a reservation. */
export function expectedState({ metadata }: SagaRequest): string {
  return Number(metadata['guests']) <= SEATS ? 'reservationConfirmed' : 'reservationFailed'
}
