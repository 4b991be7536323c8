import type { Saga } from '../../../src/engine/saga.ts'
import type { Written } from '../observation.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import { differing, same, shown } from '../same.ts'
import type { SagaStory } from '../saga-story.ts'

/**
 * The writes of a saga are a chain (I8, P2): each begins at the head that the one before has left, no write lands twice (P6), a step is
 * one write and one entry of the history (P30), and fields that a change does not name stay.
 */
export function* chain(saga: SagaStory): Iterable<Found> {
  const ids = new Set<string>()
  let previous: Written | undefined
  for (const write of saga.writes) {
    const { at, change } = write
    if (ids.has(change.writeId)) yield found('P6', `the write "${change.writeId}" landed twice`, at)
    ids.add(change.writeId)
    yield* link(previous, write)
    yield* numbered(write)
    for (const field of strayed(write)) {
      const [was, is] = [write.before?.[field], write.after[field]]
      yield found('I8', `the write does not explain "${field}": found ${shown(is)} after ${shown(was)}`, at)
    }
    previous = write
  }
}

function* link(previous: Written | undefined, { at, change, before }: Written): Iterable<Found> {
  if (previous === undefined) {
    if (before !== undefined) yield found('I8', 'the first write goes on from a head that no write has left', at)
    else if (change.step === undefined) yield found('I8', 'the first write has no step, expected a creation', at)
  } else if (before === undefined) {
    yield found('I8', 'the saga was created over another one of the same id', at)
  } else {
    const lost = differing(before, previous.after, headFields(before, previous.after))
    if (lost.length > 0)
      yield found('I8', `the write goes on from another head than the write before has left: ${lost.join(', ')}`, at)
  }
}

/** A store that is opened anew shows sagas with commands as due at once (P12), so `due` may be earlier. */
function headFields(one: Saga, other: Saga): readonly (keyof Saga)[] {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof Saga)[])
  const [found, left] = [one.due ?? Number.POSITIVE_INFINITY, other.due ?? Number.POSITIVE_INFINITY]
  if (found <= left) fields.delete('due')
  return [...fields]
}

function* numbered({ at, change: { step }, before, after }: Written): Iterable<Found> {
  const length = before?.length ?? 0
  if (step !== undefined && step.number !== length)
    yield found('P30', `the step has the number ${step.number}, expected ${length}`, at)
  const grown = after.length - length
  const expected = step === undefined ? 0 : 1
  if (grown !== expected) yield found('P30', `the write adds ${grown} entries to the history, expected ${expected}`, at)
}

const FIXED = ['id', 'entity', 'fingerprint', 'createdAt'] as const
const OF_STEPS = ['state', 'latestEvent', 'isFinal', 'business', 'metadata', 'enteredAt', 'enteringStep'] as const

function strayed(write: Written): readonly (keyof Saga)[] {
  const { before, after, change } = write
  const { step } = change
  const fixed = before === undefined ? [] : differing(before, after, FIXED)
  const moved = step === undefined ? differing(before ?? {}, after, OF_STEPS) : strayedFromStep(write)
  const rest = [
    ...(after.updatedAt === change.at ? [] : (['updatedAt'] as const)),
    ...(same(after.delivered, deliveredAfter(write)) ? [] : (['delivered'] as const)),
  ]
  return [...fixed, ...moved, ...rest]
}

function strayedFromStep({ before, after, change: { step } }: Written): readonly (keyof Saga)[] {
  if (step === undefined) return []
  const { state, event, metadata, stays, at } = step
  const named = {
    state: state.id,
    isFinal: state.isFinal,
    business: state.business,
    latestEvent: event.label,
    metadata,
    enteredAt: stays === true ? before?.enteredAt : at,
  }
  const lingers = stays !== true && after.enteringStep !== undefined
  const others = differing(named, after, ['state', 'isFinal', 'business', 'latestEvent', 'metadata', 'enteredAt'])
  return lingers ? [...others, 'enteringStep'] : others
}

/** Deliveries belong to the visit of a state: a step that leaves it drops them. */
function deliveredAfter({ before, change: { step, deliveries } }: Written): Saga['delivered'] {
  if (step !== undefined && step.stays !== true) return undefined
  const kept = before?.delivered
  if (deliveries === undefined || kept === undefined) return deliveries ?? kept
  return [...kept.filter(({ id }) => deliveries.every((one) => one.id !== id)), ...deliveries]
}
