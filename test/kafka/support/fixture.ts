import { createTopic, kafka } from '../../services/kafka.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { Worker } from '../../services/worker.ts'
import { kafkaSaga, SESSION } from './kafka-saga.ts'

/** Topics and a group of one test, and the saga.json that names them. */
export interface KafkaFixture {
  readonly events: string
  readonly commands: string
  readonly group: string
  readonly file: SagaFile
}

export interface KafkaFixtureOptions {
  /** Number of partitions of the event topic. */
  readonly partitions?: number
  /** Creates topics. Default: on the shared broker. */
  readonly create?: typeof createTopic
  /** Id of the channel. */
  readonly channel?: string
  /** Additional settings of the channel; they override the fixed ones. */
  readonly settings?: Readonly<Record<string, unknown>>
}

export async function makeFixture(options: KafkaFixtureOptions = {}): Promise<KafkaFixture> {
  const { partitions = 2, create = createTopic, settings = {}, channel } = options
  const [events, commands] = await Promise.all([create('events', partitions), create('commands', 2)])
  const group = `group-of-${events}`
  const topics = { inputTopics: [events], outputTopics: [commands], consumerGroup: group, sessionTimeout: SESSION }
  const brokers = [kafka.addresses.plaintext]
  const file = kafkaSaga({ brokers, ...topics, ...settings }, channel)
  return { events, commands, group, file }
}

/** The worker for these topics, as its npm script starts it. Not started yet. */
export function workerOf(
  { file }: Pick<KafkaFixture, 'file'>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Worker> {
  return Worker.prepare({ script: 'start:kafka', configuration: JSON.stringify(file), environment })
}
