import type { MachineDefinition, StateDefinition } from '../../../../src/machine/definition.ts'
import type { Dice } from '../run-chance.ts'

/** A machine as one version of saga.json has it. */
export interface MachineVersion {
  readonly definition: MachineDefinition
  /** The setting of that name (P11). */
  readonly movedStates?: Readonly<Record<string, string>> | undefined
}

/** A change of the machine while sagas are under way. */
export interface MachineChange {
  readonly kind: 'renamed' | 'added' | 'removed' | 'reopened'
  readonly next: MachineVersion
  /** Sagas cannot end with the new version: it is taken back. */
  readonly isTakenBack: boolean
}

/** A change of a machine: a state has another name, there is a new one, one is gone (P11), or a final one goes on (I6). */
export function changeOf(dice: Dice, definition: MachineDefinition): MachineChange {
  const { id } = dice.among(definition.states.filter(({ isFinal }) => !isFinal))
  switch (dice.among(['renamed', 'added', 'removed', 'reopened'] as const)) {
    case 'renamed':
      return { kind: 'renamed', next: renamed(definition, id), isTakenBack: false }
    case 'added':
      return { kind: 'added', next: added(definition, id), isTakenBack: false }
    case 'removed':
      return { kind: 'removed', next: removed(definition, id), isTakenBack: true }
    case 'reopened':
      return { kind: 'reopened', next: reopened(dice, definition), isTakenBack: false }
  }
}

/** All states of several versions: of one name, that of the last version. */
export function unionOf(versions: readonly MachineVersion[]): MachineDefinition {
  const states = new Map<string, StateDefinition>()
  for (const { definition } of versions) for (const state of definition.states) states.set(state.id, state)
  return { ...(versions[0] as MachineVersion).definition, states: [...states.values()] }
}

function renamed(definition: MachineDefinition, former: string): MachineVersion {
  const name = `${former}Renamed`
  const nameOf = (id: string) => (id === former ? name : id)
  const states = definition.states.map((state) => ({ ...withTargets(state, nameOf), id: nameOf(state.id) }))
  const initialState = nameOf(definition.initialState)
  return { definition: { ...definition, initialState, states }, movedStates: { [former]: name } }
}

/** The state leads to a new one, which leads where the state has led. */
function added(definition: MachineDefinition, from: string): MachineVersion {
  const states = definition.states.map((state) =>
    state.id === from ? withTargets(state, (target) => (target === from ? from : 'added')) : state,
  )
  const targets = definition.states.find(({ id }) => id === from)?.outgoingTransitions ?? []
  const extra: StateDefinition = { id: 'added', isFinal: false, outgoingTransitions: targets }
  return { definition: { ...definition, states: [...states, extra] } }
}

/** Where the state was, a saga ends now; one that is in it has no state any more. */
function removed(definition: MachineDefinition, id: string): MachineVersion {
  const end = definition.states.find(({ isFinal }) => isFinal)?.id ?? id
  const targetOf = (target: string) => (target === id ? end : target)
  const states = definition.states.filter((state) => state.id !== id).map((state) => withTargets(state, targetOf))
  return { definition: { ...definition, initialState: targetOf(definition.initialState), states } }
}

/** A final state that leads to a new end by any event of the machine. Sagas that have ended in it before stay there. */
function reopened(dice: Dice, definition: MachineDefinition): MachineVersion {
  const { id } = dice.among(definition.states.filter(({ isFinal }) => isFinal))
  const labels = definition.states.flatMap(({ outgoingTransitions = [] }) =>
    outgoingTransitions.map((one) => one.inputEvent),
  )
  const outgoingTransitions = [...new Set(labels)].map((inputEvent) => ({ inputEvent, targetState: 'closed-again' }))
  const states = definition.states.map((state) =>
    state.id === id ? { ...state, isFinal: false, outgoingTransitions } : state,
  )
  return { definition: { ...definition, states: [...states, { id: 'closed-again', isFinal: true }] } }
}

function withTargets(state: StateDefinition, targetOf: (id: string) => string): StateDefinition {
  if (state.outgoingTransitions === undefined) return state
  const outgoingTransitions = state.outgoingTransitions.map((one) => ({
    ...one,
    targetState: targetOf(one.targetState),
  }))
  return { ...state, outgoingTransitions }
}
