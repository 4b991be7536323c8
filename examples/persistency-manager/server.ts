import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { serve } from '@hono/node-server'
import { persistencyManager } from './app.ts'
import { DocumentStore } from './store.ts'

const { PORT = '3010', DATA = './data/persistency-manager.db' } = process.env
const store = new DocumentStore(DATA)
const server = serve({ fetch: persistencyManager(store).fetch, port: Number(PORT) }, ({ port }: AddressInfo) => {
  console.log(`listening on port ${port}, sagas in ${DATA}`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close(() => store.close())
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  })
}
