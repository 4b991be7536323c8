import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { missing, startBroker } from '../../../testing/broker/broker.ts'
import type { Broker } from '../../../testing/broker/broker.ts'
import { startCluster } from '../../../testing/broker/cluster.ts'
import type { Deployment, Target } from '../deployment.ts'
import { openOverKafka } from './over-kafka.ts'

/** The Kafka worker on one real broker. */
export const KAFKA: Deployment = {
  name: 'kafka',
  get missing() {
    return missing()
  },
  async open(folder) {
    const broker = await startBroker({ log: logIn(folder) })
    return openOverKafka({ folder, brokers: [broker], targets: () => [targetOf(broker)] })
  },
}

/** Three brokers: every partition has three replicas, two of them in sync. */
export const CLUSTER: Deployment = {
  name: 'cluster',
  get missing() {
    return missing()
  },
  async open(folder) {
    const brokers = await startCluster(3, { log: logIn(folder) })
    return openOverKafka({ folder, brokers, targets: (events) => targetsOf(brokers, events) })
  },
}

/** Keeps what the brokers say: a standstill may be theirs. */
function logIn(folder: string): (line: string) => void {
  return (line) => appendFileSync(join(folder, 'brokers.log'), `${line}\n`)
}

function targetOf(broker: Broker): Target {
  return { kind: 'broker', away: [0, 5_000], kill: () => broker.kill(), start: () => broker.restart() }
}

function targetsOf(brokers: readonly Broker[], events: string): readonly Target[] {
  let away: readonly Broker[] = []
  const kill = async (count: number) => {
    const leader = await leaderOf(brokers, events)
    away = Array.from({ length: count }, (_, index) => brokers[(leader - 1 + index) % brokers.length]).filter(
      (broker) => broker !== undefined,
    )
    await Promise.all(away.map((broker) => broker.kill()))
  }
  const start = async () => void (await Promise.all(away.map((broker) => broker.restart())))
  return [
    { kind: 'two brokers', away: [2_000, 12_000], kill: () => kill(2), start },
    { kind: 'leader', away: [2_000, 8_000], kill: () => kill(1), start },
  ]
}

/** Node id of the leader of the first partition, from 1. */
async function leaderOf(brokers: readonly Broker[], topic: string): Promise<number> {
  const addresses = brokers.map(({ addresses: { plaintext } }) => plaintext)
  const admin = new Kafka({ brokers: addresses, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  await admin.disconnect()
  const leader = topics[0]?.partitions[0]?.leader
  if (leader === undefined || leader < 1) throw new Error(`find the leader of "${topic}": its partition 0 has none`)
  return leader
}
