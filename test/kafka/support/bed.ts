import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTopic, kafka } from '../../services/kafka.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { Worker } from '../../services/worker.ts'

const TUTORIAL = readFileSync(join(import.meta.dirname, '../../fixtures/reservation.kafka-crud.saga.json'), 'utf8')

/** The tutorial's last saga.json, its Kafka channel filled in, and SQLite where it has a CRUD Service. */
export function kafkaSaga(settings: Readonly<Record<string, unknown>>, id = 'kafkaChannel'): SagaFile {
  const file = JSON.parse(TUTORIAL.replaceAll('kafkaChannel', id)) as SagaFile
  for (const channel of file.communicationProtocols) {
    channel.configurations = { ...channel.configurations, authenticationProperties: {}, ...settings }
  }
  file.persistencyManagement = { type: 'sqlite' }
  return file
}

/** Short, as tests wait for its end; the broker takes no shorter than 1 s. */
export const SESSION = 3_000

/** Topics and a group that are one test's own, and the saga.json that names them. */
export interface Bed {
  readonly events: string
  readonly commands: string
  readonly group: string
  readonly file: SagaFile
}

export interface BedOptions {
  /** Of the topic of events. */
  readonly partitions?: number
  /** Makes topics; where it is absent, on the broker of the run. */
  readonly create?: typeof createTopic
  /** Id of the channel. */
  readonly channel?: string
  /** Of the channel, over those that are given anyway. */
  readonly settings?: Readonly<Record<string, unknown>>
}

export async function makeBed(options: BedOptions = {}): Promise<Bed> {
  const { partitions = 2, create = createTopic, settings = {}, channel } = options
  const [events, commands] = await Promise.all([create('events', partitions), create('commands', 2)])
  const group = `group-of-${events}`
  const topics = { inputTopics: [events], outputTopics: [commands], consumerGroup: group, sessionTimeout: SESSION }
  const brokers = [kafka.addresses.plaintext]
  const file = kafkaSaga({ brokers, ...topics, ...settings }, channel)
  return { events, commands, group, file }
}

/** The worker that leads this bed's sagas, as its npm script starts it; not started yet. */
export function workerOf(
  { file }: Pick<Bed, 'file'>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Worker> {
  return Worker.prepare({ script: 'start:kafka', configuration: JSON.stringify(file), environment })
}
