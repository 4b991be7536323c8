import { join } from 'node:path'
import type { Broker } from '../../../testing/broker/broker.ts'
import { machineOfOrders } from '../../crash/waiting.ts'
import { kafkaSaga, SESSION } from '../../kafka/support/kafka-saga.ts'
import { Topics } from '../../services/topics.ts'
import { Worker } from '../../services/worker.ts'
import type { Stage, Target } from '../deployment.ts'
import { ParticipantProcess } from '../participants/participant-process.ts'
import type { KafkaParticipantSettings } from '../participants/kafka-participant.ts'
import { AFTER, AWAY, keepWorkers, targetOf } from './over-http.ts'

export interface OverKafkaOptions {
  readonly folder: string
  readonly brokers: readonly Broker[]
  /** The targets among the brokers, which have this topic of events. */
  readonly targets: (events: string) => readonly Target[]
}

const CHANNEL = 'kafkaChannel'
const PARTITIONS = 4

/** The Kafka worker on a SQLite file, and a process with its participants. It closes the brokers with the rest. */
export async function openOverKafka({ folder, brokers, targets }: OverKafkaOptions): Promise<Stage> {
  const addresses = brokers.map(({ addresses: { plaintext } }) => plaintext)
  const topics = new Topics(addresses.join())
  const [events, commands] = await Promise.all(['events', 'commands'].map((name) => topics.create(name, PARTITIONS)))
  const machine = machineOfOrders(AFTER, CHANNEL)
  const places = { brokers: addresses, inputTopics: [events], outputTopics: [commands], consumerGroup: GROUP }
  const file = kafkaSaga({ ...places, sessionTimeout: SESSION }, CHANNEL)
  const configuration = JSON.stringify({ ...file, machineDefinition: machine, settings: { unexpectedEvents: 'park' } })
  const worker = await Worker.prepare({ script: 'start:kafka', configuration, environment: { LOG_LEVEL: 'info' } })
  const ledger = join(folder, 'participant.ledger')
  const settings: KafkaParticipantSettings = {
    brokers: addresses,
    commands: commands ?? '',
    events: events ?? '',
    group: PARTICIPANTS,
    session: SESSION,
    ledger,
  }
  const groups = { [GROUP]: settings.events, [PARTICIPANTS]: settings.commands }
  const log = join(folder, 'participant.log')
  const participant = await ParticipantProcess.start({ script: 'kafka-participant.ts', settings, log })
  const [ofService, ...others] = [targetOf('service', worker), ...targets(settings.events)]
  const ofParticipant = {
    kind: 'participant',
    away: AWAY,
    kill: () => participant.kill(),
    start: () => participant.start(),
  }
  const stage: Stage = {
    machine,
    transport: 'kafka',
    url: () => worker.url,
    targets: ofService === undefined ? [] : [ofService, ...others, ofParticipant],
    created: [],
    ledger,
    left: () => unread(topics, groups),
    surroundings: () => Promise.all(Object.entries(groups).map((one) => topics.describe(...one))),
    async close(keep) {
      if (keep) keepWorkers(folder, [worker])
      await Promise.all([participant.kill(), worker.stop(), topics.close()])
      await Promise.all(brokers.map((broker) => broker.close()))
    },
  }
  try {
    await worker.start()
    return stage
  } catch (thrown) {
    await stage.close(true)
    throw thrown
  }
}

const [GROUP, PARTICIPANTS] = ['batuta', 'participants']

/** Records that their groups have not committed. */
async function unread(topics: Topics, groups: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const lags = Object.entries(groups).map(async ([group, topic]) => ({ group, lag: await topics.lag(group, topic) }))
  const left = (await Promise.all(lags)).filter(({ lag }) => lag > 0)
  return left.map(({ group, lag }) => `the group "${group}" has not committed ${lag} records`)
}
