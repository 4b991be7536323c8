import { run } from './run.ts'
import { startParticipant } from './participant.ts'
import type { Answer, Participant, ParticipantSettings } from './participant.ts'

const SEATS = 8

/** Confirms up to eight guests: the large table has eight seats. */
export const checkReservation: Answer = ({ guests }) =>
  Number(guests) <= SEATS
    ? { label: 'checkOK', payload: { seats: SEATS - Number(guests) } }
    : { label: 'checkKO', payload: { reason: `guests: the large table has ${SEATS} seats` } }

/** The participant that answers `checkReservation`. */
export function startCheck(settings: ParticipantSettings): Promise<Participant> {
  return startParticipant(settings, { checkReservation })
}

if (import.meta.main) await run('reservation.check', startCheck)
