import { run } from './run.ts'
import { startParticipant } from './participant.ts'
import type { Answer, Participant, Place } from './participant.ts'

const MOST = 12

/** Whether a reservation makes sense: `guests` is a whole number from 1 to 12. Says which table it takes. */
export const validateReservation: Answer = ({ guests }) =>
  typeof guests === 'number' && Number.isInteger(guests) && guests >= 1 && guests <= MOST
    ? { label: 'validationOK', payload: { table: guests <= 4 ? 'small' : 'large' } }
    : { label: 'validationKO', payload: { reason: `guests: expected a whole number from 1 to ${MOST}` } }

/** The participant that answers `validateReservation`. */
export function startValidation(place: Place): Promise<Participant> {
  return startParticipant(place, { validateReservation })
}

if (import.meta.main) await run('reservation.validation', startValidation)
