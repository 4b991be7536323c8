import type { Step } from '../../../src/engine/change.ts'
import type { Saga, SagaEvent } from '../../../src/engine/saga.ts'
import type { MachineDefinition, StateDefinition } from '../../../src/machine/definition.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import { definitionOf, stateOf } from '../run-index.ts'
import type { RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'
import { same, shown } from '../same.ts'
import type { Asking, Written } from '../observation.ts'

/**
 * Each step is a transition of the machine that decided it, or is marked as an operator's or as a new name of the state (I3). A final
 * state is left by what it lists alone (I6).
 */
export function* steps(saga: SagaStory, run: RunIndex): Iterable<Found> {
  for (const { at, change, before } of saga.writes) {
    const { step } = change
    if (step === undefined) continue
    const definition = definitionOf(run, step.machine)
    if (definition === undefined) {
      yield found('P5', `the step ${step.number} names the machine "${step.machine}", which no process has`, at)
      continue
    }
    for (const why of entered(definition, step)) yield found('I3', why, at)
    if (before === undefined) for (const why of begun(definition, step)) yield found('I3', why, at)
    else yield* moved(definition, step, { at, before })
  }
}

interface StepPlace {
  readonly at: number
  readonly before: Saga
}

function* moved(definition: MachineDefinition, step: Step, { at, before }: StepPlace): Iterable<Found> {
  const { by, event, state, stays } = step
  if (by !== undefined) {
    if ('renamedFrom' in by) {
      const isRenaming = by.renamedFrom === before.state && stays === true && event.label === '__renamed__'
      if (!isRenaming)
        yield found('I3', `"${before.state}" is renamed by ${shown(step.event)} from "${by.renamedFrom}"`, at)
    }
    return // `operators` judges steps by hand
  }
  const left = stateOf(definition, before.state)
  const listed = left?.outgoingTransitions?.find(({ inputEvent }) => inputEvent === event.label)
  if (before.isFinal && (left?.isFinal !== true || listed === undefined))
    yield found('I6', `the saga has ended in "${before.state}" and is moved by "${event.label}"`, at)
  else if (listed === undefined) yield found('I3', `"${before.state}" does not list "${event.label}"`, at)
  if (listed === undefined) return
  if (listed.targetState !== state.id)
    yield found(
      'I3',
      `"${event.label}" leads from "${before.state}" to "${state.id}", expected "${listed.targetState}"`,
      at,
    )
  if (textOf(listed.businessEventId) !== textOf(event.business?.id))
    yield found('I3', `the business event of "${event.label}" is ${shown(event.business?.id)}`, at)
}

function* begun({ initialState, creationEvent = '__created__' }: MachineDefinition, step: Step): Iterable<string> {
  if (step.state.id !== initialState) yield `the saga begins in "${step.state.id}", expected "${initialState}"`
  if (step.event.label !== creationEvent) yield `the saga begins by "${step.event.label}", expected "${creationEvent}"`
}

/** A patch by hand leaves the saga in its state, which this machine may lack. */
function* entered(definition: MachineDefinition, { state, stays }: Step): Iterable<string> {
  const known = stateOf(definition, state.id)
  if (known === undefined) {
    if (stays !== true) yield `"${state.id}" is not a state of the machine`
    return
  }
  if (stays === true) return
  if (known.isFinal !== state.isFinal)
    yield `the finality of "${state.id}" is ${state.isFinal}, expected ${known.isFinal}`
  if (textOf(known.businessStateId) !== textOf(state.business?.id))
    yield `the business state of "${state.id}" is ${shown(state.business?.id)}, expected ${shown(known.businessStateId)}`
}

/** Business ids are compared by their text (C5a). */
function textOf(id: string | number | undefined): string | undefined {
  return id === undefined ? undefined : String(id)
}

/** The metadata after a transition: keys at the top of the payload replace those of before (C4.2). Where the merge is known. */
export function* merged(saga: SagaStory, run: RunIndex): Iterable<Found> {
  if (run.terms.merge !== 'first-level') return
  const payloads = payloadsOf(run)
  for (const { at, change, before } of saga.writes) {
    const { step } = change
    if (step === undefined || before === undefined || step.by !== undefined) continue
    const known = payloads.get(JSON.stringify([saga.id, step.event.id, step.event.label])) ?? []
    const isFit = known.some((payload) => same(step.metadata, { ...before.metadata, ...payload }))
    if (known.length > 0 && !isFit)
      yield found('C4.2', `the metadata after "${step.event.label}" are ${shown(step.metadata)}`, at)
  }
}

function payloadsOf({ requests }: RunIndex): ReadonlyMap<string, readonly Saga['metadata'][]> {
  const payloads = new Map<string, Saga['metadata'][]>()
  for (const {
    asked: { by },
  } of requests) {
    const event = eventOf(by)
    if (event === undefined) continue
    const key = JSON.stringify([event.sagaId, event.id, event.label])
    payloads.set(key, [...(payloads.get(key) ?? []), event.payload])
  }
  return payloads
}

/** The event of a request; an operator's counts as one under the id of the operation. */
export function eventOf(by: Asking): Pick<SagaEvent, 'id' | 'sagaId' | 'label' | 'payload'> | undefined {
  if (by.door === 'event' || by.door === 'source') return by.event
  if (by.door !== 'operator' || by.operation.action.kind !== 'send-event') return undefined
  const { id, sagaId, action } = by.operation
  return { id, sagaId, label: action.label, payload: action.payload }
}

/** The state that a step has entered, where the machine knows it; `undefined` also of a step that stays. */
export function enteredState({ change: { step } }: Written, run: RunIndex): StateDefinition | undefined {
  return step === undefined || step.stays === true ? undefined : stateOf(definitionOf(run, step.machine), step.state.id)
}
