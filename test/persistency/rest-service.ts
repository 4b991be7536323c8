import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RestPersistencySettings } from '../../adapters/persistency/rest/connect.ts'

/** Tags of a service: strong and checked, checked but only on reads, weak, none. */
export type Tags = 'strong' | 'on-reads' | 'weak' | 'none'

/** Replaces the answer to the next request. */
export type RestTrouble =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'body'; readonly body: string }
  | { readonly kind: 'frozen' }
  /** Runs before the request is handled. */
  | { readonly kind: 'meanwhile'; readonly run: () => void }

export interface RestService {
  readonly port: number
  readonly requests: readonly {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
  }[]
  /** Documents by path, as they were sent. */
  readonly documents: Map<string, { body: string; version: number }>
  trouble(...plan: (RestTrouble | undefined)[]): void
  settings(path?: string, port?: number): RestPersistencySettings
  /** Closes the service in the middle of its work and starts it again with its documents. */
  restart(): Promise<void>
  close(): Promise<void>
}

/**
 * A service with the two routes of C6.1. `least`: it answers only the fields that the contract asks for. `merges`: it sets the
 * fields that it is sent and keeps the others.
 */
export async function restService({
  tags = 'strong' as Tags,
  least = false,
  merges = false,
} = {}): Promise<RestService> {
  const documents: RestService['documents'] = new Map()
  const requests: RestService['requests'][number][] = []
  const plan: (RestTrouble | undefined)[] = []

  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const body = await textOf(request)
    requests.push({ method, url, headers })
    const trouble = plan.shift()
    if (trouble?.kind === 'frozen') return
    if (trouble?.kind === 'status') return void response.writeHead(trouble.status, trouble.headers).end()
    if (trouble?.kind === 'body') return void response.writeHead(200).end(trouble.body)
    if (trouble?.kind === 'meanwhile') trouble.run()
    if (method === 'GET') read(url, response)
    else write(request, body, response)
  })

  function read(url: string, response: ServerResponse): void {
    const found = documents.get(url)
    if (found === undefined) return void response.writeHead(404).end('{"message":"not found"}')
    const { currentState, metadata, history } = JSON.parse(found.body) as Record<string, unknown>
    response.writeHead(200, { 'content-type': 'application/json', ...tagOf(found.version, true) })
    response.end(least ? JSON.stringify({ currentState, metadata, history }) : found.body)
  }

  function write({ url = '', headers }: IncomingMessage, body: string, response: ServerResponse): void {
    const found = documents.get(url)
    const isGuarded = tags === 'strong' || tags === 'on-reads'
    if (isGuarded && headers['if-none-match'] === '*' && found !== undefined) return void response.writeHead(412).end()
    const match = headers['if-match']
    if (isGuarded && match !== undefined && match !== `"${found?.version}"`) return void response.writeHead(412).end()
    const version = (found?.version ?? 0) + 1
    documents.set(url, { body: merges && found !== undefined ? merged(found.body, body) : body, version })
    response.writeHead(200, tagOf(version, tags !== 'on-reads')).end('{}')
  }

  function tagOf(version: number, isShown: boolean): Record<string, string> {
    if (tags === 'none' || !isShown) return {}
    return { etag: tags === 'weak' ? `W/"${version}"` : `"${version}"` }
  }

  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((closed) => server.close(() => closed()))
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    requests,
    documents,
    trouble: (...more) => void plan.push(...more),
    settings: (path = '/sagas', at = port) => ({ ...TARGET, port: at, path }),
    restart: async () => {
      await close()
      await listen(port)
    },
    close,
  }
}

const TARGET = {
  protocol: 'http',
  endpoint: '127.0.0.1',
  method: 'PUT',
  headers: { 'X-Secret': { reveal: () => 'hunter2' } },
} as const

function merged(before: string, body: string): string {
  return JSON.stringify({ ...(JSON.parse(before) as object), ...(JSON.parse(body) as object) })
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
