import type { Duration, Instant, Saga } from '../../../src/engine/saga.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import { stateOf, takes } from '../run-index.ts'
import type { RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'

/** Milliseconds after which work that is due in a calm run is late: a look at everything may be due minutes later (I9, P18). */
const PATIENCE: Duration = 300_000

/**
 * In a calm run work is done when it is due (I9): an event or an operator that moves a saga later does not make up for it. `ending` judges
 * what nothing has moved. Where recovery is by redelivery, only a request finds what is due (P17).
 */
export function* delays(saga: SagaStory, run: RunIndex): Iterable<Found> {
  const began = calmOf(run)
  if (began === undefined || run.terms.redelivery === true) return
  for (const { at, change, before } of saga.writes) {
    if (at < began.at || before === undefined) continue
    const since = Math.max(began.clock, before.updatedAt)
    for (const [due, what] of workOf(before, run)) {
      const late = change.at - Math.max(due, since)
      if (late > PATIENCE) yield found('I9', `${what} was due ${late} ms before the next write`, at)
    }
  }
}

function calmOf({ calm, run }: RunIndex): { readonly at: number; readonly clock: Instant } | undefined {
  return calm === undefined ? undefined : run.observations[calm]
}

/** What the service does by itself; not commands, whose participants have a say, and whose debts stay until they are settled (I2). */
function workOf(saga: Saga, run: RunIndex): readonly (readonly [Instant, string])[] {
  const { hold, timer, parked, state } = saga
  if (hold !== undefined) return hold.until === undefined ? [] : [[hold.until, 'the end of the hold']]
  const isAble = timer !== undefined && (timer.resends > 0 ? isKnown(run, state) : isTaken(run, saga, timer.event))
  return [
    ...(isAble ? [[timer.deadline, `the deadline of the step ${timer.step}`] as const] : []),
    ...parked.map(({ event, expires }) => [expires, `the end of the time of "${event.label}"`] as const),
  ]
}

function isTaken(run: RunIndex, saga: Saga, label: string | undefined): boolean {
  return label !== undefined && takes(run, saga, label)
}

function isKnown({ run: { machines } }: RunIndex, state: string): boolean {
  return machines.size > 0 && [...machines.values()].every((definition) => stateOf(definition, state) !== undefined)
}
