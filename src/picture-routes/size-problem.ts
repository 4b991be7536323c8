import type { MachineDefinition } from '../machine/definition.ts'

/** Largest machine that a service draws as SVG: its layout takes a second or two. */
const MOST_STATES = 500
const MOST_TRANSITIONS = 2_000

/** Why a machine is too large to be drawn by a service; `undefined` where it is not. */
export function sizeProblem({ states }: MachineDefinition): string | undefined {
  const transitions = states.reduce((sum, { outgoingTransitions = [] }) => sum + outgoingTransitions.length, 0)
  if (states.length <= MOST_STATES && transitions <= MOST_TRANSITIONS) return undefined
  return `a machine of ${states.length} states and ${transitions} transitions is not drawn here, which would take too long: a service draws at most ${MOST_STATES} states and ${MOST_TRANSITIONS} transitions. Use npx batuta draw saga.json, or GET /machine.mmd`
}
