import type { MoveEvent } from './explored-move.ts'

/** A move in words. `to`: the state of the saga after it. */
export function moveText(event: MoveEvent, to: string): string {
  switch (event.kind) {
    case 'created':
      return `the saga is created in ${to}`
    case 'accepted':
      return acceptedText(event)
    case 'side-effect-lost':
      return `the side effect ${event.label} is lost`
    case 'client':
      return event.event === undefined ? 'no client ever sends an event' : `a client sends ${event.event}`
    case 'arrived':
      return arrivedText(event, to)
    case 'deadline':
      return deadlineText(event, to)
  }
}

function acceptedText({
  label,
  how,
  answer,
  isAcceptanceLost,
  isSideEffect,
}: Extract<MoveEvent, { kind: 'accepted' }>) {
  const command = isSideEffect ? `the side effect ${label}` : label
  const answers =
    answer === undefined ? NO_ANSWER[how] : ` and answers ${answer}${how === 'recognises' ? ' again' : ''}`
  const lost = isAcceptanceLost ? `; its acceptance is lost, so ${label} is sent again` : ''
  return `the participant ${HOW[how](command)}${answers}${lost}`
}

const HOW = {
  acts: (command: string) => `accepts ${command}`,
  recognises: (command: string) => `recognises ${command}, which comes again,`,
  'acts-again': (command: string) => `has forgotten ${command}, which comes again, acts once more`,
} as const

const NO_ANSWER = { acts: ' and sends no event', recognises: ' and does nothing', 'acts-again': ' and sends no event' }

function arrivedText(
  { event, from, treatment, overtakes, isDoubled }: Extract<MoveEvent, { kind: 'arrived' }>,
  to: string,
): string {
  const before = overtakes.length === 0 ? '' : ` before ${overtakes.join(' and ')}`
  const doubled = isDoubled ? '; it will arrive once more' : ''
  return `${event} arrives${before}: ${treatment === 'moved' ? `${from} → ${to}` : `${TREATED[treatment](from)}`}${doubled}`
}

const TREATED = {
  ignored: (state: string) => `${state} does not list it, and it is ignored`,
  rejected: (state: string) => `${state} does not list it, and it is rejected`,
  parked: (state: string) => `${state} does not list it, and it is parked`,
  refused: (state: string) => `its payload is refused in ${state}`,
  repeated: () => 'it was applied before, and changes nothing',
} as const

function deadlineText({ from, resends, event, before }: Extract<MoveEvent, { kind: 'deadline' }>, to: string): string {
  const late = before.length === 0 ? '' : `, before ${before.join(' and ')}`
  if (resends !== undefined) return `the deadline of ${from} sends ${resends} again${late}`
  return `the deadline of ${from} fires ${event}${late}: ${from} → ${to}`
}
