import { run } from './run.ts'
import { startParticipant } from './participant.ts'
import type { Answer, Participant, Place } from './participant.ts'

const SEATS = 8

/** Whether there is room: the large table has eight seats. */
export const checkReservation: Answer = ({ guests }) =>
  Number(guests) <= SEATS
    ? { label: 'checkOK', payload: { seats: SEATS - Number(guests) } }
    : { label: 'checkKO', payload: { reason: `guests: the large table has ${SEATS} seats` } }

/** The participant that answers `checkReservation`. */
export function startCheck(place: Place): Promise<Participant> {
  return startParticipant(place, { checkReservation })
}

if (import.meta.main) await run('reservation.check', startCheck)
