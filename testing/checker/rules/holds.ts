import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Written } from '../observation.ts'
import { same, shown } from '../same.ts'
import type { SagaStory } from '../saga-story.ts'

/** A held saga takes no event, fires no timer and sends nothing (P26): until it is released, an operator alone moves it. */
export function* holds(saga: SagaStory): Iterable<Found> {
  for (const write of saga.writes) {
    yield* changed(write)
    if (write.before?.hold !== undefined) yield* still(write)
  }
}

function* changed({ at, change, before, after }: Written): Iterable<Found> {
  const wanted = change.hold === undefined ? before?.hold : (change.hold ?? undefined)
  if (!same(after.hold, wanted)) yield found('P26', `the hold is ${shown(after.hold)}, expected ${shown(wanted)}`, at)
  const [was, is] = [before?.hold, change.hold]
  if (is === undefined) return
  const action = change.operation?.action
  const isOver = was?.until !== undefined && was.until <= change.at
  if (is === null && !isOver && action !== 'release' && action !== 'cancel')
    yield found('P26', `the hold ends before its time, and no operator has ended it`, at)
  const isBeginning = before === undefined && is?.isBeginning === true
  const keepsMore =
    is !== null && was !== undefined && same({ ...was, sideEffects: undefined }, { ...is, sideEffects: undefined })
  if (is !== null && !isBeginning && !keepsMore && action !== 'hold')
    yield found('P26', 'a hold begins, and no operator has asked for it', at)
  const kept = new Set(is?.sideEffects?.map(({ id }) => id))
  const lost = is === null ? undefined : was?.sideEffects?.find(({ id }) => !kept.has(id))
  if (lost !== undefined) yield found('P26', `the hold loses the side effect "${lost.id}"`, at)
}

function* still({ at, change }: Written): Iterable<Found> {
  const { step, tried = [], revived = [], timer, hold, operation } = change
  if (step !== undefined && (step.by === undefined || !('operation' in step.by)))
    yield found('P26', `a held saga is moved by "${step.event.label}"`, at)
  if (hold === null) return
  const claim = tried.find(({ started }) => started !== true)
  if (claim !== undefined && operation?.action !== 'hold') yield found('P26', `a held saga claims "${claim.id}"`, at)
  const [again] = revived
  if (again !== undefined) yield found('P26', `a held saga owes "${again.id}" again`, at)
  if (timer !== undefined) yield found('P26', 'the timer of a held saga changes', at)
}
