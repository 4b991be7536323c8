import type { MachineDefinition } from '../machine/definition.ts'
import { UniqueKeys } from './unique-keys.ts'

/** Most examples of one request; more would hide the rest of the description. */
const MOST = 100

/** A named example of OpenAPI. */
export interface NamedExample {
  readonly summary?: string
  readonly value: unknown
}

const SAGA_ID = '0198f2d5-6c1e-7a43-9f0b-3a1d5e2c7b10'

/** A body of `POST /event` for each event of the machine, by its label. */
export function eventExamples({ states }: MachineDefinition): Readonly<Record<string, NamedExample>> {
  const labels = new Map<string, string>()
  for (const { id, outgoingTransitions = [] } of states) {
    for (const { inputEvent } of outgoingTransitions) if (!labels.has(inputEvent)) labels.set(inputEvent, id)
  }
  return examplesOf([...labels], ([label, state]) => ({
    summary: `in ${state}`,
    value: { key: SAGA_ID, value: { messageLabel: label, messagePayload: {} } },
  }))
}

/** The states of the machine, by their id. */
export function stateExamples({ states }: MachineDefinition): Readonly<Record<string, NamedExample>> {
  const named = states.map(({ id, description = id }): [string, string] => [id, description])
  return examplesOf(named, ([id, summary]) => ({ summary, value: id }))
}

function examplesOf(
  named: readonly [string, string][],
  exampleOf: (named: [string, string]) => NamedExample,
): Readonly<Record<string, NamedExample>> {
  const keys = new UniqueKeys()
  return Object.fromEntries(named.slice(0, MOST).map((one) => [keys.keyOf(one[0]), exampleOf(one)]))
}
