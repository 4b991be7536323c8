import { nextChore } from '../../src/engine/chore.ts'
import { completeEntry } from '../../src/engine/complete-entry.ts'
import type { Change, Step } from '../../src/engine/change.ts'
import { begin, decide } from '../../src/engine/decide.ts'
import { evolve } from '../../src/engine/evolve.ts'
import { park } from '../../src/engine/park.ts'
import type { Saga, SagaEvent } from '../../src/engine/saga.ts'
import type { CommandAct, ExploredSituation, KnownCommand } from './explored-situation.ts'
import type { ExploredWorld } from './explored-world.ts'

/** No rule of the engine depends on the time here: deadlines fire as moves, and parked events do not expire. */
export const NOW = 0
/** Id of the one saga. */
export const SAGA_ID = 'saga'

/** What became of an event, in the words of the finding. */
export type EventTreatment = 'moved' | 'ignored' | 'rejected' | 'parked' | 'refused'

/** A situation after an event. */
export interface TakenEvent {
  readonly situation: ExploredSituation
  readonly treatment: EventTreatment
}

/** A part of a write. */
export type SituationEntry = Omit<Change, 'sagaId' | 'writeId' | 'at'>

/** The situation in which every saga begins. */
export function firstSituation(world: ExploredWorld): ExploredSituation {
  const { machine, judge } = world
  const step = begin(machine, { id: SAGA_ID, eventId: 'creation', entity: '', metadata: {} }, NOW)
  const saga = evolve(undefined, changeOf({ step }))
  const tally = judge.counter.after(judge.counter.start(), { kind: 'state', name: step.state.id })
  return { saga, commands: commandsOf(world, step), events: [], tally }
}

/** An event at the saga: the engine decides it, and offers what is parked after it. */
export function takeEvent(world: ExploredWorld, before: ExploredSituation, event: SagaEvent): TakenEvent {
  const { saga } = before
  const decision = decide(world.machine, { saga, event, now: NOW })
  switch (decision.kind) {
    case 'moved':
      return { treatment: 'moved', situation: keptUp(world, afterEntry(world, before, { step: decision.step })) }
    case 'refused':
      return { treatment: 'refused', situation: before }
    default:
      return unexpected(world, before, event)
  }
}

/** The situation after one write, as the corridor makes it. */
export function afterEntry(world: ExploredWorld, before: ExploredSituation, entry: SituationEntry): ExploredSituation {
  const complete = completeEntry(world.machine, before.saga, entry)
  const after = { ...before, saga: evolve(before.saga, changeOf(complete)) }
  return complete.step === undefined ? after : entered(world, after, complete.step)
}

function changeOf(entry: SituationEntry): Change {
  return { ...entry, sagaId: SAGA_ID, writeId: '', at: NOW }
}

/** A final state parks none (P10). */
function unexpected(world: ExploredWorld, before: ExploredSituation, event: SagaEvent): TakenEvent {
  const { unexpectedEvents, parking } = world
  const dropped = { treatment: unexpectedEvents === 'reject' ? 'rejected' : 'ignored', situation: before } as const
  if (unexpectedEvents !== 'park' || before.saga.isFinal) return dropped
  const parked = park(before.saga, event, { ...parking, now: NOW })
  if (parked.kind !== 'parked') return dropped
  return { treatment: 'parked', situation: afterEntry(world, before, { parked: [parked.event] }) }
}

function keptUp(world: ExploredWorld, from: ExploredSituation): ExploredSituation {
  let situation = from
  for (;;) {
    const chore = nextChore(world.machine, situation.saga, NOW)
    if (chore?.kind !== 'offer') return situation
    situation = afterEntry(world, situation, chore.entry)
  }
}

function entered(
  world: ExploredWorld,
  { saga, commands, events, tally }: ExploredSituation,
  step: Step,
): ExploredSituation {
  const { counter } = world.judge
  const taken = counter.after(tally, { kind: 'event', name: step.event.label })
  return {
    saga,
    commands: [...commands.map((one) => withApplied(one, step.event.id)), ...commandsOf(world, step)],
    events,
    tally: counter.after(taken, { kind: 'state', name: step.state.id }),
  }
}

function withApplied(command: KnownCommand, eventId: string): KnownCommand {
  const { id, acts } = command
  if (!eventId.startsWith(`${id}#`)) return command
  const act = Number(eventId.slice(id.length + 1))
  const applied = (one: CommandAct, index: number) => (index === act ? { ...one, isApplied: true } : one)
  return { ...command, acts: acts.map(applied) }
}

/** What a step sends; in a state without a command, the client from which its events come. */
function commandsOf(world: ExploredWorld, step: Step): readonly KnownCommand[] {
  const { number, owes, sideEffects } = step
  const commands = owes.map((one) => commandOf(world, step, { ...one, kind: 'command' }))
  const watched = sideEffects.filter(({ label }) => world.isWatched(label))
  const sent = watched.map((one) => commandOf(world, step, { ...one, kind: 'side-effect' }))
  if (commands.length > 0) return [...commands, ...sent]
  const client = commandOf(world, step, { id: `${SAGA_ID}/${number}/client`, label: '', kind: 'client' })
  return world.answersTo(client).length === 0 ? sent : [client, ...sent]
}

function commandOf(
  world: ExploredWorld,
  { number: step, state: { id: state } }: Step,
  { id, label, kind }: Pick<KnownCommand, 'id' | 'label' | 'kind'>,
): KnownCommand {
  const origin = world.originOf({ kind, label, state })
  return { id, step, kind, label, state, origin, isPending: kind === 'side-effect', acts: [] }
}

/** The situation without commands that can have no effect any more. */
export function withoutForgotten(situation: ExploredSituation): ExploredSituation {
  const { saga, commands, events } = situation
  const left = commands.filter(
    (one) =>
      one.isPending ||
      isOwed(saga, one) ||
      events.some(({ command }) => command === one.id) ||
      saga.parked.some(({ event }) => event.id.startsWith(`${one.id}#`)) ||
      (one.step === saga.length - 1 && isAwaited(saga, one)),
  )
  return left.length === commands.length ? situation : { ...situation, commands: left }
}

function isOwed({ owed }: Saga, { id }: KnownCommand): boolean {
  return owed.some((debt) => debt.id === id)
}

/** A deadline may send the command again, or a client has still to act. */
function isAwaited({ timer }: Saga, { kind, acts }: KnownCommand): boolean {
  return kind === 'client' ? acts.length === 0 : kind === 'command' && (timer?.resends ?? 0) > 0
}
