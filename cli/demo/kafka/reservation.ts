import type { Creation } from '../../../testing/load/service-client.ts'

/** The participants of examples/kafka take so many guests at most, and have so many seats. */
const MOST_GUESTS = 12
const SEATS = 8

/** The n-th reservation. Of twenty, two have too many guests and another four find no seats. */
export function reservation(n: number): Creation {
  return { associatedEntityId: `reservation-${n}`, metadata: { reservation: n, guests: GUESTS[n % GUESTS.length] } }
}

const GUESTS = Array.from({ length: 20 }, (_, n) => (n >= 18 ? MOST_GUESTS + 1 : n >= 14 ? SEATS + 1 : 1 + (n % SEATS)))

/** The final state that a reservation must come to. */
export function expectedState({ metadata }: Creation): string {
  return Number(metadata['guests']) <= SEATS ? 'reservationConfirmed' : 'reservationFailed'
}
