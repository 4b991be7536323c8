import { CREATION_EVENT } from '../machine/compile.ts'
import { milliseconds } from '../machine/duration.ts'
import type {
  BusinessDefinition,
  CommandDefinition,
  MachineDefinition,
  StateDefinition,
  TimeoutDefinition,
  TransitionDefinition,
} from '../machine/definition.ts'
import { businessLegend, businessText, type LegendEntry } from './business-legend.ts'
import { readableDuration } from './readable-duration.ts'

/** A machine as a picture shows it. Ids and labels are as in the file; whatever draws them makes them visible text. */
export interface MachinePicture {
  readonly states: readonly PictureState[]
  /** One arrow for all events between two states, in the order of the file. Arrows of a state to itself are among them. */
  readonly arrows: readonly PictureArrow[]
  /** Index of the initial state; absent where the file names none that exists. */
  readonly initial?: number | undefined
  /** Label of the creation; absent where the file has the default or none. */
  readonly creationEvent?: string | undefined
  readonly legend: readonly LegendEntry[]
}

/** A state as a card. */
export interface PictureState {
  readonly id: string
  readonly description: string
  readonly isFinal: boolean
  readonly business?: LegendEntry | undefined
  readonly command?: PictureCommand | undefined
  readonly sideEffects: readonly PictureCommand[]
  readonly timeout?: PictureTimeout | undefined
}

/** A command or side effect on a card. */
export interface PictureCommand {
  readonly label: string
  readonly channel?: string | undefined
  readonly hasHook: boolean
  /** Attempts of the channel's own `retry`; absent without one. */
  readonly attempts?: number | undefined
}

/** The deadline of a state, for people. */
export interface PictureTimeout {
  /** Such as `15 min`; the text of the file where it is no duration. */
  readonly after: string
  readonly resends: number
  readonly event?: string | undefined
}

/** All events that lead from one state to another. */
export interface PictureArrow {
  /** Indexes of states. */
  readonly from: number
  readonly to: number
  readonly events: readonly PictureEvent[]
}

/** An event on an arrow. */
export interface PictureEvent {
  readonly label: string
  readonly business?: string | undefined
  /** The timeout of the state fires it. */
  readonly isTimeout: boolean
}

/** A channel of saga.json, as far as a picture shows it. */
export interface PictureChannel {
  readonly id: string
  /** Attempts of a `retry` of its own. */
  readonly attempts?: number | undefined
}

/**
 * Definition → picture. Total: a repeated state, a transition to a state that does not exist and a repeated event of a state are left
 * out, so that an unfinished file can be drawn.
 */
export function machinePicture(
  definition: MachineDefinition,
  channels: readonly PictureChannel[] = [],
): MachinePicture {
  const legend = businessLegend(definition.businessStates)
  const attempts = new Map(channels.map((channel) => [channel.id, channel.attempts]))
  const states = distinct(definition.states)
  const indexes = new Map(states.map(({ id }, at) => [id, at]))
  return {
    states: states.map((state) => stateOf(state, legend, attempts)),
    arrows: arrowsOf(states, indexes, descriptions(definition.businessEvents)),
    initial: indexes.get(definition.initialState),
    creationEvent: definition.creationEvent === CREATION_EVENT ? undefined : definition.creationEvent,
    legend: [...legend.values()],
  }
}

function distinct(states: readonly StateDefinition[]): readonly StateDefinition[] {
  return [...new Map(states.toReversed().map((state) => [state.id, state])).values()].toReversed()
}

type Attempts = ReadonlyMap<string, number | undefined>

function stateOf(state: StateDefinition, legend: ReadonlyMap<string, LegendEntry>, attempts: Attempts): PictureState {
  const { id, description = '', isFinal, businessStateId, outputCommand, sideEffects = [], timeout } = state
  return {
    id,
    description,
    isFinal,
    business: businessStateId === undefined ? undefined : legend.get(String(businessStateId)),
    command: outputCommand && commandOf(outputCommand, attempts),
    sideEffects: sideEffects.map((one) => commandOf(one, attempts)),
    timeout: timeout && timeoutOf(timeout),
  }
}

function commandOf({ label, channel, hook }: CommandDefinition, attempts: Attempts): PictureCommand {
  const own = channel === undefined ? undefined : attempts.get(channel)
  return { label, channel, hasHook: hook !== undefined, attempts: own }
}

function timeoutOf({ after, resend = 0, event }: TimeoutDefinition): PictureTimeout {
  const wait = milliseconds(after)
  return { after: wait === undefined ? after : readableDuration(wait), resends: resend, event }
}

function arrowsOf(
  states: readonly StateDefinition[],
  indexes: ReadonlyMap<string, number>,
  business: ReadonlyMap<string, string>,
): readonly PictureArrow[] {
  return states.flatMap((state, from) => {
    const events = new Map<number, PictureEvent[]>()
    for (const transition of distinctEvents(state)) {
      const to = indexes.get(transition.targetState)
      if (to === undefined) continue
      const shared = events.get(to) ?? []
      shared.push(eventOf(transition, state.timeout, business))
      events.set(to, shared)
    }
    return [...events].map(([to, shared]) => ({ from, to, events: shared }))
  })
}

function distinctEvents({ outgoingTransitions = [] }: StateDefinition): readonly TransitionDefinition[] {
  const seen = new Set<string>()
  return outgoingTransitions.filter(({ inputEvent }) => !seen.has(inputEvent) && seen.add(inputEvent))
}

function eventOf(
  { inputEvent, businessEventId }: TransitionDefinition,
  timeout: TimeoutDefinition | undefined,
  business: ReadonlyMap<string, string>,
): PictureEvent {
  const text = businessEventId === undefined ? undefined : business.get(String(businessEventId))
  return { label: inputEvent, business: text, isTimeout: timeout?.event === inputEvent }
}

function descriptions(definitions: readonly BusinessDefinition[] = []): ReadonlyMap<string, string> {
  return new Map(definitions.toReversed().map(({ id, description }) => [String(id), businessText(id, description)]))
}
