import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SagaFile } from '../../services/reservation.ts'

const TUTORIAL = readFileSync(join(import.meta.dirname, '../../fixtures/reservation.kafka-crud.saga.json'), 'utf8')

/** The tutorial's last saga.json with a complete Kafka channel, and SQLite instead of the CRUD Service. */
export function kafkaSaga(settings: Readonly<Record<string, unknown>>, id = 'kafkaChannel'): SagaFile {
  const file = JSON.parse(TUTORIAL.replaceAll('kafkaChannel', id)) as SagaFile
  for (const channel of file.communicationProtocols) {
    channel.configurations = { ...channel.configurations, authenticationProperties: {}, ...settings }
  }
  file.persistencyManagement = { type: 'sqlite' }
  return file
}

/** Short, since tests wait for its end. The broker allows 1 s at least. */
export const SESSION = 3_000
