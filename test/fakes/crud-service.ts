import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { crudApp } from './crud-service/app.ts'
import type { Seen } from './crud-service/app.ts'
import { Collection } from './crud-service/collection.ts'
import type { Definition, Field } from './crud-service/fields.ts'
import { Trouble } from './crud-service/trouble.ts'

export interface CrudServiceOptions {
  /** Default: the collection of Flow Manager, `examples/saga-collection.flow-manager.json`. */
  readonly definition?: Definition | undefined
  /** Default: true. */
  readonly tellsSchemas?: boolean | undefined
  /** Milliseconds that a dead database keeps later writes waiting; the real one needs 7,500. */
  readonly deadWait?: number | undefined
  readonly admits?: ((headers: Readonly<Record<string, string>>, method: string) => boolean) | undefined
}

/** The CRUD Service over memory, on a loopback port: what it answers is `crud-wire.md`, row by row. */
export interface CrudService {
  readonly host: string
  readonly port: number
  /** Of the collection, with a slash at its end. */
  readonly url: string
  readonly origin: string
  readonly collection: Collection
  readonly trouble: Trouble
  /** The requests so far; a test that counts empties it first. */
  readonly requests: Seen[]
  /** Refuses connections and cuts those that stand. */
  stop(): Promise<void>
  /** Once more on the same port, with the same documents. */
  start(): Promise<void>
  close(): Promise<void>
}

/** The collection of Batuta, with everything optional. */
export function sagasCollection(): Definition {
  return JSON.parse(example('crud-collection.sagas.json')) as Definition
}

/** The collection that Flow Manager's documentation hands out: a list of fields, imported under a name and with its index. */
export function flowManagerCollection(): Definition {
  const fields = JSON.parse(example('saga-collection.flow-manager.json')) as Field[]
  return {
    name: 'sagas',
    endpointBasePath: '/sagas',
    fields: fields.map(toDefinition),
    indexes: [{ name: 'sagaIdIndex', unique: true, fields: [{ name: 'sagaId', order: 1 }] }],
  }
}

/** `Array_string` is written to the service as an array of strings. */
function toDefinition(field: Field): Field {
  const [type = '', items] = field.type.split('_')
  return items === undefined ? field : { ...field, type, items: { type: items } }
}

function example(name: string): string {
  return readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8')
}

export async function crudService(options: CrudServiceOptions = {}): Promise<CrudService> {
  const { definition = flowManagerCollection(), deadWait = 7_500, admits = () => true, tellsSchemas = true } = options
  const collection = new Collection(definition)
  const trouble = new Trouble(deadWait)
  const requests: Seen[] = []
  const app = crudApp({ collection, trouble, admits, tellsSchemas, seen: (request) => void requests.push(request) })
  const host = '127.0.0.1'

  let server = await listen(app, 0)
  const { port } = server.address() as AddressInfo
  const stop = () => shut(server)
  const origin = `http://${host}:${port}`
  return {
    host,
    port,
    origin,
    url: `${origin}${definition.endpointBasePath}/`,
    collection,
    trouble,
    requests,
    stop,
    start: async () => void (server = await listen(app, port)),
    close: async () => {
      trouble.thaw()
      await stop()
    },
  }
}

function listen(app: ReturnType<typeof crudApp>, port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve(server as Server))
  })
}

function shut(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed())
    server.closeAllConnections()
  })
}
