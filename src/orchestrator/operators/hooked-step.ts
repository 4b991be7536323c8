import type { Step } from '../../engine/change.ts'
import type { Loaded } from '../../ports/persistency.ts'
import { readEarlierHistory } from '../events/earlier-history.ts'
import type { HookedStep } from '../hooks/command-hooks.ts'
import type { OperatorParts } from './operation-plan.ts'

/** A step decided on a fresh head, with the messages of its hooks; `undefined` where the head is older than the history. */
export async function hookedStep(
  { hooks, persistency }: OperatorParts,
  loaded: Loaded,
  step: Step,
): Promise<HookedStep | undefined> {
  if (!hooks.isHooked(step)) return { step }
  const history = await readEarlierHistory(persistency, { loaded, isFresh: true })
  return history && hooks.make(step, { entity: loaded.saga.entity, history })
}
