import { eventIdOf, withCommand, withEvent } from '../explored-situation.ts'
import type { ExploredSituation, FlyingEvent, KnownCommand } from '../explored-situation.ts'
import type { ExploredMoment } from './explored-moment.ts'
import type { ExploredFault } from '../explored-fault.ts'
import type { MoveEvent } from './explored-move.ts'

/** What a participant makes of one send of a command. */
export interface Reaction {
  readonly next: ExploredSituation
  readonly how: Extract<MoveEvent, { kind: 'accepted' }>['how']
  readonly answer?: string | undefined
  readonly faults: readonly ExploredFault[]
}

/** How the participant of a command may take one send of it. */
export function reactions(moment: ExploredMoment, command: KnownCommand): readonly Reaction[] {
  const last = command.acts.at(-1)
  if (last === undefined) return acts(moment, command, 'acts')
  if (last.answer === undefined) return answersNow(moment, command)
  const recognised = recognises(moment.situation, command, last.answer)
  if (moment.left < 1) return [recognised]
  const forgotten = acts({ ...moment, left: 0 }, command, 'acts-again').filter(({ answer }) => answer !== undefined)
  return [recognised, ...forgotten.map((one) => ({ ...one, faults: ['forgotten-key'] as const }))]
}

/** It knows the key, and sends its event again under the same id. */
function recognises(situation: ExploredSituation, command: KnownCommand, label: string): Reaction {
  const act = command.acts.length - 1
  const event = eventOf(situation, command, { act, label })
  const isUnderWay =
    command.acts[act]?.isApplied === true ||
    situation.events.some((one) => one.command === event.command && one.act === act) ||
    situation.saga.parked.some((one) => one.event.id === eventIdOf(event))
  if (isUnderWay) return { next: situation, how: 'recognises', faults: [] }
  return { next: withEvent(situation, event), how: 'recognises', answer: label, faults: [] }
}

/** A new act, which counts for the properties. */
function acts(
  { world, situation: before, left }: ExploredMoment,
  command: KnownCommand,
  how: Reaction['how'],
): readonly Reaction[] {
  const tally = world.judge.counter.after(before.tally, { kind: 'command', name: command.label })
  const situation = { ...before, tally }
  const answers = world.answersTo(command)
  const act = command.acts.length
  const reacts = answers.map(({ label }) => answered(situation, command, { how, act, label }))
  const isFree = answers.length === 0 || world.isSilent(command)
  if (!isFree && left < 1) return reacts
  const next = withCommand(situation, { ...command, acts: [...command.acts, { isApplied: false }] })
  return [...reacts, { next, how, faults: isFree ? [] : ['silence'] }]
}

/** A participant that was silent has the command again: now it answers, or is silent as before. */
function answersNow({ world, situation }: ExploredMoment, command: KnownCommand): readonly Reaction[] {
  const act = command.acts.length - 1
  const answers = world.answersTo(command).map(({ label }) => answered(situation, command, { how: 'acts', act, label }))
  return [...answers, { next: situation, how: 'recognises', faults: [] }]
}

function answered(
  situation: ExploredSituation,
  command: KnownCommand,
  { how, act, label }: { readonly how: Reaction['how']; readonly act: number; readonly label: string },
): Reaction {
  const known = { ...command, acts: [...command.acts.slice(0, act), { answer: label, isApplied: false }] }
  const next = withEvent(withCommand(situation, known), eventOf(situation, command, { act, label }))
  return { next, how, answer: label, faults: [] }
}

/** The event of a command whose visit is over is late already: it is sent when others may be on their way. */
function eventOf(
  { saga }: ExploredSituation,
  { id, step }: KnownCommand,
  { act, label }: { readonly act: number; readonly label: string },
): FlyingEvent {
  return { command: id, step, act, label, isLate: step !== saga.length - 1 }
}
