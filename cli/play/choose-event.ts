import type { Duration, Metadata } from '../../src/engine/saga.ts'
import type { SendingState } from './machine-labels.ts'
import type { PlayedCommand } from './play-schema.ts'

/** The event that a participant sends, and its time after the command. */
export interface ChosenEvent {
  readonly event: string
  readonly payload: Metadata
  readonly latency: Duration
}

/** Chooses an event by its weight among those that the state lists; `undefined` where it lists none of them. */
export function chooseEvent(
  { events, latency: [shortest, longest] }: Pick<PlayedCommand, 'events' | 'latency'>,
  state: SendingState,
  random: () => number,
): ChosenEvent | undefined {
  const choices =
    events === undefined ? evenly(state) : Object.entries(events).filter(([label]) => state.events.includes(label))
  const latency = shortest + random() * (longest - shortest)
  let rest = random() * choices.reduce((sum, [, { weight }]) => sum + weight, 0)
  const chosen = choices.find(([, { weight }]) => (rest -= weight) < 0) ?? choices.at(-1)
  return chosen === undefined ? undefined : { event: chosen[0], payload: chosen[1].payload, latency }
}

/** All events of the state. That of its timeout is one only where there is no other: the clock sends it. */
function evenly({ events, timeoutEvent }: SendingState) {
  const sent = events.length > 1 ? events.filter((event) => event !== timeoutEvent) : events
  return sent.map((event) => [event, { weight: 1, payload: {} }] as const)
}
