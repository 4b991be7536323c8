import { AdminConnection } from '../../../../adapters/channel/kafka/admin-connection.ts'
import type { KafkaSettings } from '../../../../adapters/channel/kafka/settings.ts'
import { KafkaSource } from '../../../../adapters/channel/kafka/consumer/source.ts'
import { fakeIntake } from '../../../fakes/intake.ts'
import { fakeDriver } from '../../../fakes/kafka.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

/** The channel "orders" of the group "flow", with a session of 10 s. */
export function settings(more: Partial<KafkaSettings> = {}) {
  return {
    brokers: [],
    authenticationProperties: {},
    inputTopics: ['orders'],
    outputTopics: [],
    consumerGroup: 'flow',
    fromBeginning: true,
    sessionTimeout: 10_000,
    ...more,
  } satisfies KafkaSettings
}

/** `settings` for a consumer. */
export const groupSettings = (more: Partial<KafkaSettings> = {}) => ({ ...settings(more), consumerGroup: 'flow' })

/** A source with a fake driver and an intake whose answers the test gives. */
export function stage(more: Partial<KafkaSettings> = {}) {
  const [runtime, metrics, driver, intake] = [simulatedRuntime(), fakeMetrics(), fakeDriver(), fakeIntake()]
  const ends: string[] = []
  const source = new KafkaSource({
    id: 'orders',
    settings: groupSettings(more),
    cluster: 'cluster-1',
    driver,
    admin: new AdminConnection('kafka', driver, runtime),
    deadLetters: undefined,
    runtime,
    metrics,
    onClosed: async () => void ends.push('released'),
  })
  const run = (alone = false) => {
    source.run(intake, alone).then(
      () => ends.push('resolved'),
      (thrown: { code: string; message: string }) => ends.push(`${thrown.code}: ${thrown.message}`),
    )
  }
  /** The reason why it is not ready, or not alive. */
  const why = async () => {
    const [ready, alive] = [await source.probe(), source.alive()]
    return alive.ok ? (ready.ok ? undefined : ready.why) : `for good: ${alive.why}`
  }
  return { runtime, metrics, driver, intake, source, ends, run, why }
}
