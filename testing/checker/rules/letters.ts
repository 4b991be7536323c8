import type { DeadLetter } from '../../../src/engine/saga.ts'
import type { Written } from '../observation.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import { same, shown } from '../same.ts'
import { wasApplied } from '../saga-story.ts'
import type { SagaStory } from '../saga-story.ts'

/** Dead letters stay until they are owed again, applied, renewed or dropped by an operator (I2, P10, P25). */
export function* letters(saga: SagaStory): Iterable<Found> {
  for (const write of saga.writes) {
    const expected = lettersAfter(write)
    if (!same(write.after.deadLetters, expected))
      yield found('I2', `the dead letters are ${named(write.after.deadLetters)}, expected ${named(expected)}`, write.at)
    for (const one of write.change.dropped ?? [])
      if (!isExplained(saga, write, one))
        yield found('I2', `the dead letter "${one.id}" was dropped without a reason`, write.at)
  }
}

function lettersAfter({ before, change: { dead = [], revived = [], dropped = [] } }: Written): readonly DeadLetter[] {
  const isRevived = ({ kind, id }: DeadLetter) => kind === undefined && revived.some((debt) => debt.id === id)
  const isDropped = (letter: DeadLetter) => dropped.some((one) => isSame(one, letter))
  return [...(before?.deadLetters ?? []).filter((one) => !isRevived(one) && !isDropped(one)), ...dead]
}

type LetterId = Pick<DeadLetter, 'kind' | 'id' | 'label'>

function isSame(one: LetterId, other: LetterId): boolean {
  return one.kind === other.kind && one.id === other.id && one.label === other.label
}

/** An operator has dropped it, its event is in the history, or it has a new reason. */
function isExplained(saga: SagaStory, { at, change }: Written, letter: LetterId): boolean {
  if (change.operation?.action === 'drop-dead-letter') return true
  if (change.dead?.some((one) => isSame(one, letter)) === true) return true
  return letter.kind === 'event' && wasApplied(saga, letter, at + 1)
}

function named(letters: readonly DeadLetter[]): string {
  return shown(letters.map(({ id, label }) => [id, label]))
}
