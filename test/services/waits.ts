import type { SagaDocument } from '../../src/codec/saga-document.ts'

/** What still waits with a saga that has come to rest; empty where nothing does. */
export function leftWaiting({ parked, timer, hold }: SagaDocument): readonly string[] {
  return Object.entries({ parked, timer, hold }).flatMap(([left, of]) => (of === undefined ? [] : [`it has "${left}"`]))
}

/** I4: an event that was repeated, parked or fired by a timer is in the history once. */
export function repeatedEvents({ history: { events } }: SagaDocument): readonly string[] {
  const ids = events.flatMap(({ id, event }) => (id === undefined ? [] : [`${id} ${event}`]))
  return ids.filter((id, at) => ids.indexOf(id) < at).map((id) => `the event ${id} is twice in its history (I4)`)
}

/** P18: the event of a timer comes after the whole time of the first send and of one resend, under the id of its step. */
export function timerProblems(
  { history: { events, states } }: SagaDocument,
  { event, after }: { readonly event: string; readonly after: number },
): readonly string[] {
  const at = events.findIndex((one) => one.event === event)
  if (at < 0) return []
  const stay = Date.parse(states[at]?.timestamp ?? '') - Date.parse(states[at - 1]?.timestamp ?? '')
  return [
    ...(stay >= 2 * after ? [] : [`"${event}" came after ${stay} ms (P18)`]),
    ...(events[at]?.id === `timer/${at - 1}` ? [] : [`the id of "${event}" is "${events[at]?.id}" (P18)`]),
  ]
}
