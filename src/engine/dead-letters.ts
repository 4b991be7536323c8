import type { DeadCommand, DeadLetter, Debt, Instant, KeptEvent, Saga, SagaEvent } from './saga.ts'
import type { DeadLetterId } from './change.ts'

/**
 * A dead command as a debt that is due at `at` (I7: id and payload stay). It was sent before, so no command waits for it (P13). Throws
 * for a command whose hook failed: there is no message before the hook has run again (P5).
 */
export function revivedDebt(letter: DeadCommand, at: Instant): Debt {
  if (letter.hookFailed) throw new TypeError(`revive the command "${letter.id}": its hook failed, so it has no message`)
  const { id, label, channel, trace, headers, body } = letter
  const payload = letter.lost === undefined ? letter.payload : undefined
  return { id, label, channel, payload, trace, headers, body, attempts: 0, since: at, due: at, tried: true }
}

/** Reason of the dead letters that a cancellation makes of commands still owed. */
export const CANCELLED = 'cancelled'

/** True for a command that an operator cancelled with its saga; the reason may go on after a semicolon (`shortened`). */
export function isCancelled({ why, hookFailed }: Pick<DeadCommand, 'why' | 'hookFailed'>): boolean {
  return (why === CANCELLED || why.startsWith(`${CANCELLED};`)) && hookFailed !== true
}

/** True for a saga that is where its cancellation has left it. */
export function isCancelledSaga({ isFinal, enteredAt, operations }: Saga): boolean {
  return isFinal && operations?.some(({ action, at }) => action === 'cancel' && at === enteredAt) === true
}

/** True where the message of a dead command is gone: it was not kept, and the head is that of another step (P5). */
export function isGone({ id, length }: Pick<Saga, 'id' | 'length'>, letter: DeadCommand): boolean {
  return letter.lost === 'body' || (letter.lost === 'payload' && !letter.id.startsWith(`${id}/${length - 1}/`))
}

/** The letters that are none of these. */
export function without(letters: readonly DeadLetter[], gone: readonly DeadLetterId[]): readonly DeadLetter[] {
  const isSame = (one: DeadLetterId, other: DeadLetterId) =>
    one.kind === other.kind && one.id === other.id && one.label === other.label
  return letters.filter((letter) => !gone.some((one) => isSame(letter, one)))
}

/** An event without the fields that are never stored: its source and the numbers that reading has changed. */
export function keptOf({ id, sagaId, label, payload, trace, headers }: SagaEvent): KeptEvent {
  return { id, sagaId, label, payload, trace, headers }
}
