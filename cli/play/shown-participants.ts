import type { SagaId } from '../../src/engine/saga.ts'
import { channelsOf, labelsIn, statesSending } from './machine-labels.ts'
import type { PlayParticipants } from './play-participants.ts'
import type { PlayedCommand } from './play-schema.ts'

/** The participant of one command as `GET /play/participants` shows it. */
export interface ParticipantShown {
  readonly label: string
  readonly channels: readonly string[]
  readonly states: readonly string[]
  /** `hand`: by a person. `evenly`: by any event of the state. `file`: as the play file says. `none`: a side effect, which gets no answer. */
  readonly answers: 'hand' | 'evenly' | 'file' | 'none'
  /** Events with their weights; absent where the play file names none: then all events of the state have the same. */
  readonly events?: Readonly<Record<string, number>> | undefined
  /** Milliseconds between command and event, the shortest and the longest. */
  readonly latency: readonly [number, number]
  readonly failureRate: number
  readonly silence: number
  /** Answers to the first commands of a saga, in turn, before the weights decide. */
  readonly script?: readonly string[] | undefined
  /** Commands that wait for an answer by hand. */
  readonly waiting: number
  /** Answers that are planned. */
  readonly planned: number
  /** The planned answer that comes first. */
  readonly next?: { readonly at: string; readonly event: string; readonly sagaId: SagaId } | undefined
}

const PLAIN: PlayedCommand = { latency: [0, 0], failureRate: 0, silence: 0, cost: 0 }

/** A row for each command and side effect of the machine, in the order of its states. */
export function shownParticipants(participants: PlayParticipants): readonly ParticipantShown[] {
  const { machine } = participants.answers
  return labelsIn(machine).map((label) => ({ ...declared(participants, label), ...underWay(participants, label) }))
}

type Declared = Omit<ParticipantShown, 'waiting' | 'planned' | 'next'>

function declared({ answers }: PlayParticipants, label: string): Declared {
  const { machine, commands, isAuto } = answers
  const sending = statesSending(machine, label)
  const played = Object.hasOwn(commands, label) ? commands[label] : undefined
  const { events, latency, failureRate, silence, script } = played ?? PLAIN
  const isAwaited = sending.some((state) => state.isAwaited)
  const byDefault = isAuto ? 'evenly' : 'hand'
  return {
    label,
    channels: channelsOf(machine, label),
    states: sending.map(({ id }) => id),
    answers: played === undefined ? (isAwaited ? byDefault : 'none') : 'file',
    events: events && Object.fromEntries(Object.entries(events).map(([event, { weight }]) => [event, weight])),
    latency,
    failureRate,
    silence,
    script,
  }
}

function underWay(
  participants: PlayParticipants,
  label: string,
): Pick<ParticipantShown, 'waiting' | 'planned' | 'next'> {
  const waiting = participants.hand.all().filter(({ command }) => command.label === label).length
  const planned = [...participants.planned()].filter(({ command }) => command.label === label)
  const [first] = planned.toSorted((one, other) => one.due - other.due)
  return {
    waiting,
    planned: planned.length,
    next: first && {
      at: new Date(first.due).toISOString(),
      event: first.chosen.event,
      sagaId: first.command.sagaId,
    },
  }
}
