import type { Command, Duration, Metadata, SagaId } from '../../../../src/engine/saga.ts'
import type { MachineDefinition, StateDefinition } from '../../../../src/machine/definition.ts'
import type { Dice } from '../run-chance.ts'

/** How participants act, by the labels of their commands: what a run takes of a play file (docs/PLAY.md). */
export type SimulatedPlay = Readonly<Record<string, SimulatedRole>>

/** How the participant of one command acts. */
export interface SimulatedRole {
  /** Absent: the events of the state, each with the same chance. */
  readonly events?: Readonly<Record<string, { readonly weight: number; readonly payload: Metadata }>> | undefined
  /** Answers to the first commands of this label of a saga, in turn; the weights decide after its end. */
  readonly script?: readonly string[] | undefined
  readonly latency: readonly [shortest: Duration, longest: Duration]
  /** Share of the sends that are not accepted. */
  readonly failureRate: number
  /** Share of the accepted commands that get no event. */
  readonly silence: number
}

/** What a participant, or a client, sends. */
export interface RoleAnswer {
  readonly label: string
  readonly payload: Metadata
  /** Time from the command to its event. */
  readonly work: Duration
}

/** Time from a command without an entry to its event, in runs with faults: some, so that calls overlap. */
const WORK = { least: 1, most: 4_000 }

/** Options of `PlayedRoles`. */
export interface PlayedRolesOptions {
  readonly definition: MachineDefinition
  readonly play: SimulatedPlay
  /** Commands without an entry are answered at once. */
  readonly isPrompt: boolean
}

/** Decides for participants and clients as a play file says; for what it does not name, all listed events have the same chance. */
export class PlayedRoles {
  readonly #options: PlayedRolesOptions
  readonly #states: ReadonlyMap<string, StateDefinition>
  /** Commands of a label that a saga has had. */
  readonly #turns = new Map<string, number>()

  constructor(options: PlayedRolesOptions) {
    this.#options = options
    this.#states = new Map(options.definition.states.map((state) => [state.id, state]))
  }

  /** True if this send is not accepted. */
  refuses({ label }: Command, dice: Dice): boolean {
    return dice.is(this.#roleOf(label)?.failureRate ?? 0)
  }

  /** The answer to a command that was accepted; `undefined` where none comes. A side effect is answered where the play names it. */
  answer({ label, sagaId, id }: Command, stateId: string, dice: Dice): RoleAnswer | undefined {
    const [role, state] = [this.#roleOf(label), this.#states.get(stateId)]
    const [silence, work, choice] = [dice.fraction(), dice.fraction(), dice.fraction()]
    if (state === undefined || (role === undefined && !id.endsWith('/0'))) return undefined
    if (role === undefined) return chosen(evenly(state), choice, this.#options.isPrompt ? 0 : spread(WORK, work))
    if (silence < role.silence) return undefined
    const [shortest, longest] = role.latency
    return chosen(
      choicesOf(role, state, this.#turnOf(sagaId, label)),
      choice,
      Math.round(shortest + work * (longest - shortest)),
    )
  }

  /**
   * The event that comes from outside into a state without a command: each that it lists, and none, have the same chance. `undefined`:
   * none comes, or a participant is asked for it.
   */
  unasked(stateId: string, dice: Dice): RoleAnswer | undefined {
    const state = this.#states.get(stateId)
    const [choice, work] = [dice.fraction(), dice.fraction()]
    if (state === undefined || state.isFinal || state.outputCommand?.channel !== undefined) return undefined
    const events = outsideEventsOf(state)
    const label = events[Math.floor(choice * (events.length + 1))]
    return label === undefined
      ? undefined
      : { label, payload: {}, work: this.#options.isPrompt ? 0 : spread(WORK, work) }
  }

  #roleOf(label: string): SimulatedRole | undefined {
    const { play } = this.#options
    return Object.hasOwn(play, label) ? play[label] : undefined
  }

  #turnOf(sagaId: SagaId, label: string): number {
    const key = JSON.stringify([sagaId, label])
    const turn = this.#turns.get(key) ?? 0
    this.#turns.set(key, turn + 1)
    return turn
  }
}

/** Events that come from outside: all that the state lists, but for that of its own deadline. */
export function outsideEventsOf({ outgoingTransitions = [], timeout }: StateDefinition): readonly string[] {
  return [...new Set(outgoingTransitions.map(({ inputEvent }) => inputEvent))].filter((one) => one !== timeout?.event)
}

type WeightedEvent = readonly [label: string, event: { readonly weight: number; readonly payload: Metadata }]

function choicesOf(
  { events, script = [] }: SimulatedRole,
  state: StateDefinition,
  turn: number,
): readonly WeightedEvent[] {
  const listed = new Set(state.outgoingTransitions?.map(({ inputEvent }) => inputEvent))
  const next = script[turn]
  if (next !== undefined && listed.has(next)) return [[next, { weight: 1, payload: events?.[next]?.payload ?? {} }]]
  return events === undefined ? evenly(state) : Object.entries(events).filter(([label]) => listed.has(label))
}

/** All events of the state. That of its deadline is one only where there is no other: the clock sends it. */
function evenly(state: StateDefinition): readonly WeightedEvent[] {
  const sent = outsideEventsOf(state)
  const labels = sent.length > 0 ? sent : (state.outgoingTransitions ?? []).map(({ inputEvent }) => inputEvent)
  return labels.map((label) => [label, { weight: 1, payload: {} }])
}

function chosen(choices: readonly WeightedEvent[], choice: number, work: Duration): RoleAnswer | undefined {
  let rest = choice * choices.reduce((sum, [, { weight }]) => sum + weight, 0)
  const one = choices.find(([, { weight }]) => (rest -= weight) < 0) ?? choices.at(-1)
  return one && { label: one[0], payload: one[1].payload, work }
}

/** Mostly near `least`, seldom near `most`. */
function spread({ least, most }: typeof WORK, fraction: number): Duration {
  return Math.floor(least + (most - least) * fraction ** 3)
}
