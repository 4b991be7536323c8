import type { Metadata, ParkingBounds } from '../../src/engine/saga.ts'
import type { Machine, State } from '../../src/machine/compile.ts'
import { PropertyJudge } from '../properties/judge.ts'
import { NO_PROPERTIES } from '../properties/properties.ts'
import type { SagaProperties } from '../properties/properties.ts'
import type { KnownCommand } from './explored-situation.ts'
import type { ExploredFault } from './explored-fault.ts'

/** How the participant of a command answers, as a play file has it. */
export interface ExploredParticipant {
  /** Events with which it answers; absent: those of the state. An empty payload stands for one that the state's schema accepts. */
  readonly events?: Readonly<Record<string, { readonly payload: Metadata }>> | undefined
  /** Above zero: it may accept the command and never answer, which is no fault then. */
  readonly silence?: number | undefined
}

/** The surroundings of a machine under exploration. */
export interface WorldOptions {
  /** By the labels of commands and side effects. A side effect without an entry is not answered. */
  readonly participants?: Readonly<Record<string, ExploredParticipant>> | undefined
  readonly properties?: SagaProperties | undefined
  /** `settings.unexpectedEvents` of the file. Default: `ignore`. */
  readonly unexpectedEvents?: 'ignore' | 'reject' | 'park' | undefined
  /** Default: those of the service. */
  readonly parking?: ParkingBounds | undefined
  /** Faults that do not happen. Default: none. */
  readonly without?: readonly ExploredFault[] | undefined
}

/** An event that may come as an answer. */
export interface PossibleAnswer {
  readonly label: string
  readonly payload: Metadata
}

/** A machine with its surroundings: the part that does not change. */
export class ExploredWorld {
  /** For the engine. It keeps no metadata, and checks the payloads that a participant names. */
  readonly machine: Machine
  readonly judge: PropertyJudge
  readonly unexpectedEvents: 'ignore' | 'reject' | 'park'
  readonly parking: ParkingBounds
  readonly without: ReadonlySet<ExploredFault>
  readonly #participants: Readonly<Record<string, ExploredParticipant>>
  readonly #watched: ReadonlySet<string>
  readonly #origins = new Map<string, number>()
  /** By the origins of commands. */
  readonly #answers = new Map<number, readonly PossibleAnswer[]>()

  constructor(machine: Machine, options: WorldOptions) {
    const {
      participants = {},
      properties = NO_PROPERTIES,
      unexpectedEvents = 'ignore',
      parking,
      without = [],
    } = options
    this.without = new Set(without)
    this.machine = withoutMetadata(machine)
    this.judge = new PropertyJudge(properties)
    this.unexpectedEvents = unexpectedEvents
    this.parking = parking ?? { limit: 100, timeToLive: 1 }
    this.#participants = participants
    const named = properties.never.flatMap(({ terms }) => terms).filter(({ kind }) => kind === 'command')
    this.#watched = new Set([...named.map(({ name }) => name), ...Object.keys(participants)])
  }

  /** False for a side effect that changes nothing, whatever becomes of it. */
  isWatched(sideEffect: string): boolean {
    return this.#watched.has(sideEffect)
  }

  /** True where silence is nothing but what the participant does. */
  isSilent({ label, kind }: KnownCommand): boolean {
    return kind !== 'client' && (this.#participantOf(label)?.silence ?? 0) > 0
  }

  /** A number that two commands share exactly if their kind, label and state are the same. */
  originOf({ kind, label, state }: Pick<KnownCommand, 'kind' | 'label' | 'state'>): number {
    const text = JSON.stringify([kind, label, state])
    const known = this.#origins.get(text) ?? this.#origins.size
    this.#origins.set(text, known)
    return known
  }

  /** The events that may come of a command, all of them listed by its state. */
  answersTo(command: KnownCommand): readonly PossibleAnswer[] {
    const known = this.#answers.get(command.origin)
    if (known !== undefined) return known
    const answers = this.#makeAnswers(command)
    this.#answers.set(command.origin, answers)
    return answers
  }

  /** The payload of an answer. */
  payloadOf(command: KnownCommand, label: string): Metadata {
    return this.answersTo(command).find((one) => one.label === label)?.payload ?? SUITABLE
  }

  #makeAnswers({ kind, label, state: id }: KnownCommand): readonly PossibleAnswer[] {
    const state = this.machine.states.get(id)
    if (state === undefined) return []
    const played = kind === 'client' ? undefined : this.#participantOf(label)
    if (played === undefined && kind === 'side-effect') return []
    if (played?.events === undefined) return evenly(state, kind)
    return Object.entries(played.events)
      .filter(([event]) => state.transitions.has(event))
      .map(([event, { payload }]) => ({ label: event, payload: isEmpty(payload) ? SUITABLE : payload }))
  }

  #participantOf(label: string): ExploredParticipant | undefined {
    return Object.hasOwn(this.#participants, label) ? this.#participants[label] : undefined
  }
}

/** A payload that every schema accepts: its sender knows the schema. */
const SUITABLE: Metadata = Object.freeze({})
const NO_METADATA: Metadata = Object.freeze({})

/** All events of the state. That of its timeout is one only where there is no other, and no client sends it: the clock does. */
function evenly({ transitions, timeout }: State, kind: KnownCommand['kind']): readonly PossibleAnswer[] {
  const labels = [...transitions.keys()]
  const others = labels.filter((label) => label !== timeout?.event)
  const sent = others.length > 0 || kind === 'client' ? others : labels
  return sent.map((label) => ({ label, payload: SUITABLE }))
}

function isEmpty(payload: Metadata): boolean {
  return Object.keys(payload).length === 0
}

function withoutMetadata(machine: Machine): Machine {
  const states = Array.from(machine.states, ([id, state]) => [id, withSuitable(state)] as const)
  return { ...machine, states: new Map(states), merge: () => NO_METADATA }
}

function withSuitable(state: State): State {
  const transitions = Array.from(state.transitions, ([label, transition]) => {
    const { check } = transition
    if (check === undefined) return [label, transition] as const
    return [
      label,
      { ...transition, check: (payload: unknown) => (payload === SUITABLE ? undefined : check(payload)) },
    ] as const
  })
  return { ...state, transitions: new Map(transitions) }
}
