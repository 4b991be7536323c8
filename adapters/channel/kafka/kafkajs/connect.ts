import type { Log } from '../../../src/ports/runtime.ts'
import { openAdmin } from './admin.ts'
import { clientsOf, PATIENCE } from './client.ts'
import type { Driver } from './driver.ts'
import { join } from './member.ts'
import { openProducer } from './producer.ts'
import type { Spread } from './producer.ts'
import type { Connection } from './settings.ts'

/** These brokers through kafkajs. Nothing is connected yet. */
export function kafkaDriver(connection: Connection, clientId: string, log: Log): Driver {
  const client = clientsOf(connection, clientId, log)
  const spread: Spread = new Map()
  return {
    admin: () => openAdmin(client()),
    producer: () => openProducer(client(), spread),
    member: (options) => join(client(PATIENCE), options),
  }
}
