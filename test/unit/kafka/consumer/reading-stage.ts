import type { DeadLetterOutcome, DeadLetters } from '../../../../adapters/channel/kafka/consumer/dead-letters.ts'
import type { Batch } from '../../../../adapters/channel/kafka/driver.ts'
import { PartitionProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { readBatch } from '../../../../adapters/channel/kafka/consumer/reading.ts'
import type { BatchRequest, ReadingContext } from '../../../../adapters/channel/kafka/consumer/reading.ts'
import { Semaphore } from '../../../../adapters/channel/kafka/consumer/semaphore.ts'
import type { Intake } from '../../../../src/ports/source.ts'
import { fakeIntake } from '../../../fakes/intake.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

export interface Setting {
  readonly progress?: PartitionProgress
  readonly permits?: number
  /** The outcome of a dead letter. Absent: there is no dead-letter topic. */
  readonly deadLetters?: (isWanted: () => boolean) => Promise<DeadLetterOutcome>
  /** Replaces the intake whose answers the test gives. */
  readonly take?: Intake['take']
}

/** A reading context with an intake whose answers the test gives. */
export function stage({ permits: size = 1_024, deadLetters, take }: Setting = {}) {
  const [runtime, metrics, intake, semaphore] = [simulatedRuntime(), fakeMetrics(), fakeIntake(), new Semaphore(size)]
  const letters: string[] = []
  const put: DeadLetters['put'] = ({ record: { offset }, reason, why }, isWanted) => {
    letters.push(`${offset} ${reason} ${why}`)
    return deadLetters === undefined ? Promise.resolve('written' as const) : deadLetters(isWanted)
  }
  const context: ReadingContext = {
    intake: take === undefined ? intake : { isAway: false, take },
    cluster: 'cluster-1',
    deadLetters: deadLetters && ({ put } as DeadLetters),
    runtime,
    metrics,
    semaphore,
    sessionTimeout: 10_000,
  }
  const read = (request: BatchRequest) => readBatch(context, request)
  return { runtime, metrics, intake, semaphore, letters, context, readBatch: read }
}

/** Begins to read one batch. */
export function reading(batch: Batch, setting: Setting = {}) {
  const made = stage(setting)
  const { progress = new PartitionProgress(batch.topic, batch.partition) } = setting
  const state = { isWanted: true, isOpen: true }
  const ended = made.readBatch({ batch, progress, isWanted: () => state.isWanted, isOpen: () => state.isOpen })
  const read = ended.then(({ settled, beyond, stuck }) => ({ settled, beyond, stuck }))
  return { ...made, progress, state, ended, read }
}
