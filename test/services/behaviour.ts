import type { Behaviour, Reaction } from './participant.ts'

/** Command label → event label. A command that is not in it is answered and nothing more. */
export type Script = Readonly<Record<string, string>>

/** The reservation's way to `reservationConfirmed`. */
export const CONFIRMS: Script = { validateReservation: 'validationOK', checkReservation: 'checkOK' }
/** Its way to `reservationFailed`, at the last moment. */
export const FAILS: Script = { ...CONFIRMS, checkReservation: 'checkKO' }

/** Answers every command with the script's event, whose payload says what came to pass: `{ "validationOK": true }`. */
export function follows(script: Script, manner: Reaction = {}): Behaviour {
  return ({ label }) => {
    const emit = script[label]
    return emit === undefined ? manner : { ...manner, emit, payload: { [emit]: true } }
  }
}

/** One reaction to the first so many arrivals of each command, then another behaviour. */
export function first(times: number, reaction: Reaction, then: Behaviour): Behaviour {
  return (command) => (command.nth <= times ? reaction : then(command))
}
