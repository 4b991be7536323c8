import { describe } from 'vitest'
import { crudService } from '../fakes/crud-service.ts'
import { DENO, ISOLATES, led, OBJECTS } from './led.ts'
import type { Server } from './led.ts'

describe('crud', () => {
  led(OBJECTS, open, ['sagas', 'commands', 'returns'])
  led(ISOLATES, open, ['sagas', 'commands', 'returns'])
  led(DENO, open, ['sagas', 'returns'])
})

async function open(): Promise<Server> {
  const service = await crudService()
  const { host, port } = service
  const persistency = { type: 'crud', configurations: { host, port, collectionName: 'sagas' } }
  return { persistency, close: () => service.close() }
}
