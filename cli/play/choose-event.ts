import type { Duration, Metadata } from '../../src/engine/saga.ts'
import type { SendingState } from './machine-labels.ts'
import type { PlayedCommand, PlayedEvent } from './play-schema.ts'

/** The event that a participant sends, and its time after the command. */
export interface ChosenEvent {
  readonly event: string
  readonly payload: Metadata
  readonly latency: Duration
}

/** What decides about an answer. */
interface WaysToAnswer extends Pick<PlayedCommand, 'events' | 'latency'> {
  /** The event whose turn it is in the script; another one is chosen where the state does not list it. */
  readonly next?: string | undefined
}

/** Chooses an event by its weight among those that the state lists; `undefined` where it lists none of them. */
export function chooseEvent(ways: WaysToAnswer, state: SendingState, random: () => number): ChosenEvent | undefined {
  const choices = choicesOf(ways, state)
  const [shortest, longest] = ways.latency
  const latency = shortest + random() * (longest - shortest)
  let rest = random() * choices.reduce((sum, [, { weight }]) => sum + weight, 0)
  const chosen = choices.find(([, { weight }]) => (rest -= weight) < 0) ?? choices.at(-1)
  return chosen === undefined ? undefined : { event: chosen[0], payload: chosen[1].payload, latency }
}

type Choice = readonly [label: string, event: PlayedEvent]

function choicesOf({ events, next }: WaysToAnswer, state: SendingState): readonly Choice[] {
  if (next !== undefined && state.events.includes(next))
    return [[next, { weight: 1, payload: events?.[next]?.payload ?? {} }]]
  if (events === undefined) return evenly(state)
  return Object.entries(events).filter(([label]) => state.events.includes(label))
}

/** All events of the state. That of its timeout is one only where there is no other: the clock sends it. */
function evenly({ events, timeoutEvent }: SendingState): readonly Choice[] {
  const sent = events.length > 1 ? events.filter((event) => event !== timeoutEvent) : events
  return sent.map((event) => [event, { weight: 1, payload: {} }] as const)
}
