import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'

/** The fate of a request: it is carried out, or the connection breaks before or after, or no answer comes. */
export type Fault = 'lost request' | 'lost answer' | 'frozen'

export interface Upstash {
  readonly url: string
  readonly token: string
  /** How many commands each request so far had, in order. */
  readonly requests: number[]
  /** Names of all commands so far. */
  readonly commands: string[]
  /** The fates of the next requests, in their order; later requests are carried out. */
  spoil(...faults: readonly (Fault | 'none')[]): void
  /** Straight to Redis. */
  readonly redis: Redis
  /** Refuses connections from now on, until `open` is called. */
  shut(): Promise<void>
  open(): Promise<void>
  close(): Promise<void>
}

/** Of every front: it stands on the loopback. */
export const TOKEN = 'A-secret+token/of=Upstash'

/** Upstash's REST protocol over a Redis: a command, a pipeline or a transaction a request, each sent to Redis once. */
export async function startUpstash(port: number): Promise<Upstash> {
  const redis = new Redis(port, '127.0.0.1', {
    protocol: 2,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 20,
  })
  redis.on('error', () => undefined)
  const faults: (Fault | 'none')[] = []
  const requests: number[] = []
  const commands: string[] = []

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(response, 401, { error: UNAUTHORIZED })
    if (!PATHS.includes(request.url ?? '')) return answer(response, 404, { error: 'not found' })
    const all = (request.url === '/' ? [body] : body) as string[][]
    requests.push(all.length)
    commands.push(...all.map(([name]) => String(name).toLowerCase()))
    const fault = faults.shift()
    if (fault === 'frozen') return
    if (fault === 'lost request') return void request.socket.destroy()
    const results = await run(redis, all, request.url === '/multi-exec')
    if (fault === 'lost answer') return void request.socket.destroy()
    const encoded = results.map((one) => (request.headers['upstash-encoding'] === 'base64' ? base64(one) : one))
    if (request.url !== '/') return answer(response, 200, encoded)
    return answer(response, results[0] !== undefined && 'error' in results[0] ? 400 : 200, encoded[0])
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((thrown: Error) => answer(response, 500, { error: thrown.message }))
  })
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => server.once('error', reject).listen(at, '127.0.0.1', resolve))
  const shut = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port: own } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${own}`,
    token: TOKEN,
    requests,
    commands,
    spoil: (...next) => void faults.splice(0, faults.length, ...next),
    redis,
    shut,
    open: () => listen(own),
    async close() {
      await shut()
      redis.disconnect()
    },
  }
}

const PATHS = ['/', '/pipeline', '/multi-exec']
const UNAUTHORIZED = 'WRONGPASS invalid or missing auth token'

type Result = { readonly result: unknown } | { readonly error: string }

async function run(redis: Redis, commands: readonly string[][], isAtomic: boolean): Promise<Result[]> {
  const batch = isAtomic ? redis.multi() : redis.pipeline()
  for (const [name = '', ...args] of commands) batch.call(name, ...args.map(String))
  const results = (await batch.exec()) ?? []
  return results.map(([error, result]) => (error === null ? { result } : { error: error.message }))
}

function base64(one: unknown): unknown {
  if (typeof one === 'string') return one === 'OK' ? one : Buffer.from(one).toString('base64')
  if (Array.isArray(one)) return one.map(base64)
  if (typeof one === 'object' && one !== null && 'result' in one) return { result: base64(one.result) }
  return one
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString())
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
