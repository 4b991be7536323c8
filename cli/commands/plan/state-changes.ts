import { isDeepStrictEqual } from 'node:util'
import type { StateDefinition, TransitionDefinition } from '../../../src/machine/definition.ts'
import type { FileChange, FileChangeKind } from './file-change.ts'

/** A state in both files. */
export interface KeptState {
  readonly before: StateDefinition
  readonly after: StateDefinition
  /** The name that the new file has for a state of the old one. */
  readonly nameNow: (id: string) => string
}

/** The changes of a state that both files have, perhaps under two names. */
export function stateChanges({ before, after, nameNow }: KeptState): readonly FileChange[] {
  const state = after.id
  const changed = (kind: FileChangeKind, one: unknown, other: unknown): readonly FileChange[] =>
    isDeepStrictEqual(one, other) ? [] : [{ kind, state, before: one, after: other }]
  return [
    ...(before.id === after.id ? [] : [{ kind: 'state-renamed', state, before: before.id, after: after.id } as const]),
    ...changed('finality', before.isFinal, after.isFinal),
    ...changed('business-state', before.businessStateId, after.businessStateId),
    ...changed('command', before.outputCommand, after.outputCommand),
    ...changed('side-effects', listed(before.sideEffects), listed(after.sideEffects)),
    ...changed('timeout', before.timeout, after.timeout),
    ...transitionChanges({ before, after, nameNow }),
  ]
}

/** A missing list and an empty one are the same. */
function listed<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list
}

function transitionChanges({ before, after, nameNow }: KeptState): readonly FileChange[] {
  const [old, now] = [byEvent(before), byEvent(after)]
  const state = after.id
  const kept = [...old.values()].flatMap((transition) => {
    const next = now.get(transition.inputEvent)
    if (next !== undefined)
      return transitionChange(state, { ...transition, targetState: nameNow(transition.targetState) }, next)
    const { inputEvent: event, targetState } = transition
    return [{ kind: 'transition-removed', state, event, before: targetState } as const]
  })
  const added = [...now.values()]
    .filter(({ inputEvent }) => !old.has(inputEvent))
    .map(({ inputEvent, targetState }) => {
      return { kind: 'transition-added', state, event: inputEvent, after: targetState } as const
    })
  return [...kept, ...added]
}

function transitionChange(
  state: string,
  before: TransitionDefinition,
  after: TransitionDefinition,
): readonly FileChange[] {
  const { inputEvent: event } = after
  const changed = (kind: FileChangeKind, one: unknown, other: unknown): readonly FileChange[] =>
    isDeepStrictEqual(one, other) ? [] : [{ kind, state, event, before: one, after: other }]
  return [
    ...changed('transition-retargeted', before.targetState, after.targetState),
    ...changed('payload-schema', before.payloadValidationSchema, after.payloadValidationSchema),
    ...changed('business-event', before.businessEventId, after.businessEventId),
  ]
}

function byEvent({ outgoingTransitions = [] }: StateDefinition): ReadonlyMap<string, TransitionDefinition> {
  return new Map(outgoingTransitions.map((transition) => [transition.inputEvent, transition]))
}
