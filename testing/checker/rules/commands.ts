import type { Change, Step } from '../../../src/engine/change.ts'
import type { CommandDefinition } from '../../../src/machine/definition.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'
import { shown } from '../same.ts'
import { enteredState } from './steps.ts'

/**
 * A step owes the command of the state that it enters (I2), or its dead letter where the hook failed; ids are fixed by the step (P5).
 * A step that stays in its state owes nothing, and neither does a move by hand without command.
 */
export function* commands(saga: SagaStory, run: RunIndex): Iterable<Found> {
  for (const write of saga.writes) {
    const { at, change } = write
    const { step } = change
    if (step === undefined) continue
    const state = enteredState(write, run)
    const command = state?.outputCommand?.channel === undefined ? undefined : state.outputCommand
    if (step.stays === true || isBare(change)) yield* nothing(step, at)
    else if (state !== undefined) {
      yield* owed(write, command)
      yield* sideEffects(step, (state.sideEffects ?? []).filter(isSent), at)
    }
  }
}

const isSent = ({ channel }: CommandDefinition): boolean => channel !== undefined

/** A cancellation, or a move by hand that was asked to send nothing. */
export function isBare({ step, operation }: Change): boolean {
  if (step?.by === undefined || operation === undefined) return false
  return operation.action === 'cancel' || (operation.action === 'move' && operation.details?.command !== true)
}

function* nothing({ owes, sideEffects }: Step, at: number): Iterable<Found> {
  if (owes.length + sideEffects.length > 0)
    yield found('P25', `the step owes ${shown([...owes, ...sideEffects].map(({ id }) => id))}, expected nothing`, at)
}

function* owed({ at, change }: Written, command: CommandDefinition | undefined): Iterable<Found> {
  const { step, dead = [] } = change
  if (step === undefined) return
  const id = `${step.sagaId}/${step.number}/0`
  const letters = dead.filter((one) => one.kind === undefined && one.hookFailed === true && one.id === id)
  const all = [...step.owes, ...letters]
  if (command === undefined) {
    if (all.length > 0)
      yield found('I2', `"${step.state.id}" has no command, and the step owes ${shown(all.map((one) => one.id))}`, at)
    return
  }
  const [one, ...rest] = all
  if (one === undefined || rest.length > 0) {
    yield found('I2', `the step into "${step.state.id}" owes ${all.length} commands, expected "${command.label}"`, at)
    return
  }
  if (one.id !== id) yield found('P5', `the command of the step has the id "${one.id}", expected "${id}"`, at)
  if (one.label !== command.label || !('channel' in one) || one.channel !== command.channel)
    yield found('P5', `the step owes ${shown(one.label)}, expected "${command.label}" to "${command.channel}"`, at)
}

/** One whose hook failed is left out, so the others keep their numbers. */
function* sideEffects(
  { sagaId, number, sideEffects }: Step,
  defined: readonly CommandDefinition[],
  at: number,
): Iterable<Found> {
  for (const { id, label, channel } of sideEffects) {
    const index = defined.findIndex((_, place) => id === `${sagaId}/${number}/${place + 1}`)
    const wanted = defined[index]
    if (wanted === undefined)
      yield found('P5', `the side effect has the id "${id}", expected "${sagaId}/${number}/<n>"`, at)
    else if (wanted.label !== label || wanted.channel !== channel)
      yield found(
        'P5',
        `the side effect "${id}" is ${shown(label)} to ${shown(channel)}, expected "${wanted.label}"`,
        at,
      )
  }
  for (const [place, { label, hook }] of defined.entries()) {
    const isThere = sideEffects.some(({ id }) => id === `${sagaId}/${number}/${place + 1}`)
    if (!isThere && hook === undefined) yield found('P5', `the step leaves out the side effect "${label}"`, at)
  }
}
