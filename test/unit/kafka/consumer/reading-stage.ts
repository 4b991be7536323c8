import type { DeadLetters, Kept } from '../../../adapters/channel/kafka/dead-letters.ts'
import type { Batch } from '../../../adapters/channel/kafka/driver.ts'
import { Place } from '../../../adapters/channel/kafka/places.ts'
import { Reader } from '../../../adapters/channel/kafka/reader.ts'
import { Slots } from '../../../adapters/channel/kafka/slots.ts'
import type { Intake } from '../../../src/ports/source.ts'
import { fakeIntake } from '../../fakes/intake.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

export interface Setting {
  readonly place?: Place
  readonly slots?: number
  /** What becomes of a dead letter; without it there is no such topic. */
  readonly deadLetters?: (isWanted: () => boolean) => Promise<Kept>
  /** In place of the intake that the test answers for. */
  readonly take?: Intake['take']
}

/** A reader with an intake that the test answers for. */
export function stage({ slots: size = 1_024, deadLetters, take }: Setting = {}) {
  const [runtime, metrics, intake, slots] = [simulatedRuntime(), fakeMetrics(), fakeIntake(), new Slots(size)]
  const letters: string[] = []
  const put: DeadLetters['put'] = (_, { offset }, reason, why, isWanted) => {
    letters.push(`${offset} ${reason} ${why}`)
    return deadLetters === undefined ? Promise.resolve('kept' as const) : deadLetters(isWanted)
  }
  const reader = new Reader({
    intake: take === undefined ? intake : { isAway: false, take },
    cluster: 'cluster-1',
    deadLetters: deadLetters && ({ put } as DeadLetters),
    runtime,
    metrics,
    slots,
    sessionTimeout: 10_000,
  })
  return { runtime, metrics, intake, slots, letters, reader }
}

/** One batch that is being read. */
export function reading(batch: Batch, setting: Setting = {}) {
  const made = stage(setting)
  const { place = new Place(batch.topic, batch.partition) } = setting
  const state = { isWanted: true, isOpen: true }
  const ended = made.reader.read(
    batch,
    place,
    () => state.isWanted,
    () => state.isOpen,
  )
  const read = ended.then(({ settled, beyond, stuck }) => ({ settled, beyond, stuck }))
  return { ...made, place, state, ended, read }
}
