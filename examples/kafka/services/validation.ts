import { run } from './run.ts'
import { startParticipant } from './participant.ts'
import type { Answer, Participant, ParticipantSettings } from './participant.ts'

const MOST = 12

/** Accepts `guests` from 1 to 12, a whole number, and chooses the table. */
export const validateReservation: Answer = ({ guests }) =>
  typeof guests === 'number' && Number.isInteger(guests) && guests >= 1 && guests <= MOST
    ? { label: 'validationOK', payload: { table: guests <= 4 ? 'small' : 'large' } }
    : { label: 'validationKO', payload: { reason: `guests: expected a whole number from 1 to ${MOST}` } }

/** The participant that answers `validateReservation`. */
export function startValidation(settings: ParticipantSettings): Promise<Participant> {
  return startParticipant(settings, { validateReservation })
}

if (import.meta.main) await run('reservation.validation', startValidation)
