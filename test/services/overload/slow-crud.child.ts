import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { serve } from '@hono/node-server'
import { sagasCollection } from '../../fakes/crud-service.ts'
import { crudApp } from '../../fakes/crud-service/app.ts'
import { Collection } from '../../fakes/crud-service/collection.ts'
import { Trouble } from '../../fakes/crud-service/trouble.ts'
import type { KeptSaga } from './slow-crud.ts'

/*
 * A CRUD Service in a process of its own. Its database carries out so many calls at once, and each takes so many milliseconds for
 * each of its items; further ones wait, as at the connection pool of a real one. Sends its port; a message asks for its sagas.
 */
const [atOnce = 1, milliseconds = 0] = process.argv.slice(2).map(Number)
const collection = new Collection(sagasCollection())
const app = crudApp({
  collection,
  trouble: new Trouble(0),
  admits: () => true,
  tellsSchemas: true,
  seen: () => undefined,
})
const waiting: (() => void)[] = []
let free = atOnce

async function call(request: Request, bindings: object): Promise<Response> {
  const items = request.url.endsWith('/bulk') ? ((await request.clone().json()) as unknown[]).length : 1
  if (free > 0) free--
  else await new Promise<void>((begin) => waiting.push(begin))
  await new Promise((over) => setTimeout(over, items * milliseconds))
  try {
    return await app.fetch(request, bindings)
  } finally {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
}

const server = serve({ port: 0, hostname: '127.0.0.1', fetch: call }, ({ port }: AddressInfo) => process.send?.(port))
if ('keepAliveTimeout' in server) server.keepAliveTimeout = 60_000

process.on('message', () => {
  const sagas = collection.documents.map(({ sagaId, associatedEntityId, isFinal }) => ({
    sagaId,
    entity: associatedEntityId,
    isFinal,
  }))
  process.send?.(sagas as unknown as readonly KeptSaga[])
})
process.on('disconnect', () => process.exit())
