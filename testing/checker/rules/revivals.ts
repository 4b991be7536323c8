import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { SagaStory } from '../saga-story.ts'

/**
 * A command that is owed again was owed before, by its step (I2, P25): a resend or a redelivery makes none that was never decided, such as
 * that of a state which an operator has entered without it. A saga that began before the run is not judged.
 */
export function* revivals({ writes }: SagaStory): Iterable<Found> {
  if (writes[0]?.before !== undefined) return
  const decided = new Set<string>()
  for (const { at, change } of writes) {
    for (const { id } of change.step?.owes ?? []) decided.add(id)
    for (const letter of change.dead ?? []) if (letter.kind === undefined) decided.add(letter.id)
    for (const { id } of change.revived ?? [])
      if (!decided.has(id)) yield found('P25', `"${id}" is owed again, and no step has owed it`, at)
  }
}
