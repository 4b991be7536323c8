import type { ShownConfiguration } from './unknown-names.ts'

/** The events that a state of the machine lists, for people; a state that lists none, or that the machine lacks, has no field. */
export type ExpectedEvents = (state: string) => { readonly waitingFor?: readonly string[] }

/** Finds the events by the machine as `GET /machine-definition` shows it. */
export function expectedEvents(shown: Pick<ShownConfiguration, 'machine'>): ExpectedEvents {
  let events: ReadonlyMap<string, readonly string[]> | undefined
  return (state) => {
    const waitingFor = (events ??= eventsIn(shown.machine)).get(state) ?? []
    return waitingFor.length === 0 ? {} : { waitingFor }
  }
}

interface ShownMachine {
  readonly states?: readonly {
    readonly id: string
    readonly outgoingTransitions?: readonly { readonly inputEvent: string }[]
  }[]
}

function eventsIn(machine: unknown): ReadonlyMap<string, readonly string[]> {
  const { states = [] } = (machine ?? {}) as ShownMachine
  return new Map(
    states.map(({ id, outgoingTransitions = [] }) => [id, outgoingTransitions.map(({ inputEvent }) => inputEvent)]),
  )
}
