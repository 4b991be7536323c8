import { withCommand, withEvent } from '../explored-situation.ts'
import type { ExploredSituation, KnownCommand } from '../explored-situation.ts'
import type { ExploredMoment } from './explored-moment.ts'
import type { ExploredMove } from './explored-move.ts'
import { reactions } from './reactions.ts'

/** The oldest side effect that is not sent yet arrives, or is lost: it is sent once (P5). */
export function sideEffectMoves(moment: ExploredMoment): readonly ExploredMove[] {
  const pending = moment.situation.commands.find(({ isPending }) => isPending)
  if (pending === undefined) return []
  const { label } = pending
  const sent = { ...pending, isPending: false }
  const situation = withCommand(moment.situation, sent)
  const event = { kind: 'accepted', label, isAcceptanceLost: false, isSideEffect: true } as const
  return [
    ...reactions({ ...moment, situation }, sent).map(({ next, how, answer, faults }) => ({
      event: { ...event, how, answer },
      next,
      faults,
    })),
    { event: { kind: 'side-effect-lost', label }, next: situation, faults: ['side-effect-lost'] },
  ]
}

/** A client sends one of the events that a state without a command waits for, or none ever. */
export function clientMoves({ world, situation }: ExploredMoment): readonly ExploredMove[] {
  const { saga, commands } = situation
  const client = commands.find(
    ({ kind, step, acts }) => kind === 'client' && step === saga.length - 1 && acts.length === 0,
  )
  if (client === undefined) return []
  const sends = world.answersTo(client).map(({ label }) => sendsEvent(situation, client, label))
  if (saga.isFinal) return sends
  const silent = withCommand(situation, { ...client, acts: [{ isApplied: false }] })
  return [...sends, { event: { kind: 'client' }, next: silent, faults: ['silence'] }]
}

function sendsEvent(situation: ExploredSituation, client: KnownCommand, label: string): ExploredMove {
  const { id, step } = client
  const acted = withCommand(situation, { ...client, acts: [{ answer: label, isApplied: false }] })
  const next = withEvent(acted, { command: id, step, act: 0, label, isLate: false })
  return { event: { kind: 'client', event: label }, next, faults: [] }
}
