import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Collection } from './collection.ts'
import { pageOf, project } from './page.ts'
import { Refusal } from './refusal.ts'
import type { Trouble } from './trouble.ts'
import { shown } from './values.ts'
import type { Document, Value } from './values.ts'

/** One request as it came. */
export interface Seen {
  readonly method: string
  readonly path: string
  /** Bytes of path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Parts {
  readonly collection: Collection
  readonly trouble: Trouble
  readonly seen: (request: Seen) => void
  /** Whom the gateway in front of the service lets through. */
  readonly admits: (headers: Readonly<Record<string, string>>, method: string) => boolean
  /** False for an older service, or a gateway that does not pass the route. */
  readonly tellsSchemas: boolean
}

type Environment = { Bindings: HttpBindings }
type At = Context<Environment>

const MOST = 200
/** Of one document, near enough: the service has no limit of its own, the database has. */
const TOO_LARGE = 17_000_000

/** The routes of the service (`crud-wire.md`). */
export function crudApp({ collection, trouble, seen, admits, tellsSchemas }: Parts): Hono<Environment> {
  const app = new Hono<Environment>({ strict: false })
  const base = collection.definition.endpointBasePath

  app.use(async (c, next) => {
    const headers = c.req.header()
    const url = c.req.url.slice(new URL(c.req.url).origin.length)
    seen({ method: c.req.method, path: c.req.path, url, headers, body: await c.req.text() })
    await trouble.pass()
    if (!admits(headers, c.req.method)) throw new Refusal(403, 'You are not allowed to access this API')
    await next()
  })

  app.get('/-/ready', (c) => (trouble.isDead ? c.json({ status: 'KO' }, 503) : c.json({ status: 'OK' })))

  if (tellsSchemas) app.get('/-/schemas', (c) => c.json([collection.schema]))

  const read = (path: string, run: (c: At) => Response) => {
    app.get(path, (c) => (trouble.isDead ? hangUp(c) : run(c)))
  }
  const write = (method: 'POST' | 'PATCH', path: string, run: (c: At, body: Value) => Response) => {
    app.on(method, path, async (c) => {
      const loss = trouble.nextLoss()
      if (loss === 'before') return hangUp(c)
      const text = await c.req.text()
      if (!path.endsWith('bulk') && text.length >= TOO_LARGE) throw new Refusal(500, 'BSONObj size is invalid')
      const body = json(text)
      if (trouble.isDead) {
        await trouble.die()
        throw new Refusal(500, 'connection to the database was lost')
      }
      try {
        return run(c, body)
      } finally {
        // A refusal may be lost too.
        if (loss === 'after') hangUp(c)
      }
    })
  }

  read(base, (c) => {
    const { _s, _p, _l = '25', _sk = '0', ...params } = c.req.query()
    const [limit, skip] = [Number(_l), Number(_sk)]
    if (!(limit >= 1 && limit <= MOST)) throw new Refusal(400, `querystring/_l must be >= 1 and <= ${MOST}`)
    if (_s !== undefined) collection.checkSort(_s)
    const page = pageOf(collection.find(params), _s, skip, limit)
    return c.json(page.map((document) => shown(_p === undefined ? document : project(document, _p.split(',')))))
  })
  read(`${base}/count`, (c) => c.json(collection.find(c.req.query()).length))
  read(`${base}/export`, (c) => {
    const lines = collection.find(c.req.query()).map((document) => `${JSON.stringify(shown(document))}\n`)
    return c.body(lines.join(''), 200, { 'content-type': 'application/x-ndjson' })
  })
  write('POST', base, (c, body) => c.json(idOf(collection.insert(body, userOf(c)))))
  write('POST', `${base}/bulk`, (c, body) => c.json(collection.insertMany(body, userOf(c)).map(idOf)))
  write('POST', `${base}/upsert-one`, (c, body) => c.json(shown(collection.upsert(c.req.query(), body, userOf(c)))))
  write('PATCH', base, (c, body) => c.json(collection.patch(c.req.query(), body, userOf(c))))
  write('PATCH', `${base}/bulk`, (c, body) => c.json(collection.patchMany(body, userOf(c))))

  app.notFound((c) => c.json(new Refusal(404, `Route ${c.req.method}:${c.req.path} not found`).body, 404))
  app.onError((error, c) => {
    const refusal = error instanceof Refusal ? error : new Refusal(500, error.message)
    return c.json(refusal.body, refusal.status as 400)
  })
  return app
}

function idOf({ _id }: Document): Document {
  return { _id }
}

function userOf(c: At): string {
  return c.req.header('userid') ?? 'public'
}

function json(text: string): Value {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'Body is not valid JSON')
  }
}

/** The connection ends without an answer. */
function hangUp(c: At): Response {
  c.env.incoming.socket.destroy()
  return c.body(null)
}
