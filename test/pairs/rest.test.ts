import { describe } from 'vitest'
import { restService } from '../persistency/rest-service.ts'
import type { Tags } from '../persistency/rest-service.ts'
import { led, OBJECTS } from './led.ts'
import type { Server } from './led.ts'

describe('rest, whose services cannot say what is due', () => {
  led({ ...OBJECTS, lists: false }, () => open('none'), ['sagas', 'commands', 'returns'])
})

async function open(tags: Tags): Promise<Server> {
  const service = await restService({ tags })
  const configurations = { protocol: 'http', endpoint: '127.0.0.1', port: service.port, method: 'PUT', path: '/sagas' }
  return { persistency: { type: 'rest', configurations }, close: () => service.close() }
}
