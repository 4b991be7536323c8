import type { Command, CommandId, DeadLetter, Debt, Metadata } from '../../../src/engine/saga.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Written } from '../observation.ts'
import { partsOf } from '../saga-story.ts'
import type { CommandStory, SagaStory } from '../saga-story.ts'
import { differing, same, shown } from '../same.ts'

/** The fields that a participant sees of a command (C3.1, C3.5, C3.6). */
type Message = Pick<Command, 'label' | 'channel' | 'payload' | 'trace' | 'headers' | 'body'>
const FIELDS = ['label', 'channel', 'payload', 'trace', 'headers', 'body'] as const

/**
 * The bytes of a command are fixed by its step (P5), and every repeat has them (I7). The one exception: metadata that an operator has
 * changed since, for a command that was delivered before, since nothing keeps its payload (P25).
 */
export function* bytes(saga: SagaStory): Iterable<Found> {
  const fixed = messagesOf(saga)
  for (const command of saga.commands.values()) {
    const message = fixed.get(command.id)
    for (const { at, command: arrived } of command.arrivals) {
      if (message === undefined) continue // `leases` judges a command that no step owes
      for (const field of differing(arrived, message, FIELDS))
        if (field !== 'payload' || !isPatched(saga, arrived, at))
          yield found(
            'P5',
            `"${field}" of "${command.id}" is ${shown(arrived[field])}, its step has ${shown(message[field])}`,
            at,
          )
    }
    yield* repeats(saga, command)
  }
  yield* letters(saga, fixed)
}

function* repeats(saga: SagaStory, { id, arrivals: [first, ...rest] }: CommandStory): Iterable<Found> {
  if (first === undefined) return
  for (const { at, command } of rest) {
    if (textOf(command) !== textOf(first.command) && !isPatched(saga, command, at))
      yield found(
        'I7',
        `the repeat of "${id}" has other bytes: ${textOf(command)}, before ${textOf(first.command)}`,
        at,
      )
  }
}

/** A dead letter keeps the message, unless the store has no room for it (P24). */
function* letters(saga: SagaStory, fixed: ReadonlyMap<CommandId, Message>): Iterable<Found> {
  for (const { at, change } of saga.writes) {
    for (const letter of (change.dead ?? []).filter(isCommand)) {
      const message = fixed.get(letter.id)
      if (message === undefined || letter.lost !== undefined || letter.hookFailed === true) continue
      for (const field of differing(letter, message, FIELDS))
        if (field !== 'payload' || !isPatched(saga, { ...letter, sagaId: saga.id }, at))
          yield found('P5', `"${field}" of the dead letter "${letter.id}" is ${shown(letter[field])}`, at)
    }
  }
}

function isCommand(letter: DeadLetter): letter is Extract<DeadLetter, { kind?: undefined }> {
  return letter.kind === undefined
}

/** The messages of commands and side effects, as their steps fixed them; of a hook that ran again, as it made them then. */
function messagesOf({ writes }: SagaStory): ReadonlyMap<CommandId, Message> {
  const messages = new Map<CommandId, Message>()
  for (const { change, after } of writes) {
    const { step, revived = [], dead = [] } = change
    for (const debt of step?.owes ?? []) messages.set(debt.id, messageOf(debt, step?.metadata))
    for (const command of step?.sideEffects ?? []) messages.set(command.id, command)
    const failed = dead.filter(isCommand).filter(({ hookFailed }) => hookFailed === true)
    for (const { id } of failed) messages.delete(id)
    // An operator may resend the command of a state that was entered without it: its message is made then (P25).
    for (const debt of revived) if (!messages.has(debt.id)) messages.set(debt.id, messageOf(debt, after.metadata))
  }
  return messages
}

/** Without a hook's message, a debt without payload has the metadata of its step. */
function messageOf(debt: Debt, metadata: Metadata = {}): Message {
  const { label, channel, trace, headers, body } = debt
  return { label, channel, trace, headers, body, payload: debt.payload ?? (body === undefined ? metadata : {}) }
}

/** An operator has changed the metadata after the step of the command, and before `at`: its payload is the one of then. */
function isPatched({ writes }: SagaStory, command: Pick<Command, 'id' | 'sagaId' | 'payload'>, at: number): boolean {
  const parts = partsOf(command)
  const isPatch = ({ change: { step, operation } }: Written) =>
    step !== undefined && step.number > (parts?.step ?? 0) && operation?.action === 'patch-metadata'
  return writes.some((write) => write.at < at && isPatch(write) && same(write.after.metadata, command.payload))
}

function textOf({ label, channel, payload, trace, headers, body }: Command): string {
  const sorted = headers && Object.entries(headers).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([label, channel, payload, trace, sorted, body])
}
