import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { WriteCondition, DocumentStore } from './store.ts'

/** Bytes of a document. Batuta writes at most 16 MiB, 4 MiB of them metadata. */
const LARGEST = 16 * 1024 * 1024
const OPENAPI = readFileSync(new URL('openapi.json', import.meta.url), 'utf8')
const JSON_TYPE = { 'content-type': 'application/json' }

/** The protocol of a REST persistency (openapi.json): two routes, and tags by which a second writer is refused. */
export function persistencyManager(store: DocumentStore): Hono {
  const app = new Hono()

  app.get('/sagas/:id', (c) => {
    const kept = store.read(c.req.param('id'))
    if (kept === undefined) return c.json({ message: 'there is no such saga' }, 404)
    return c.body(kept.document, 200, { ...JSON_TYPE, etag: kept.tag })
  })

  app.on(['PUT', 'POST', 'PATCH'], '/sagas/:id', limit, async (c) => {
    const condition = conditionOf(c)
    const document = await c.req.text()
    const wrong = whatIsWrong(document)
    if (wrong !== undefined) return c.json({ message: wrong }, 400)
    const tag = store.write(c.req.param('id'), document, condition)
    if (tag === undefined) return c.json({ message: 'somebody else has written this saga in between' }, 412)
    return c.json({ saved: true }, 200, { etag: tag })
  })

  app.get('/openapi.json', (c) => c.body(OPENAPI, 200, JSON_TYPE))
  app.get('/-/healthz', (c) => c.json({ status: 'OK' }))
  app.onError((error, c) => {
    console.error(error)
    return c.json({ message: 'the saga was not written; send the same again' }, 503)
  })
  return app
}

const limit = bodyLimit({
  maxSize: LARGEST,
  onError: (c) => c.json({ message: `a document has at most ${LARGEST} bytes` }, 413),
})

/** A weak tag in `If-Match` matches nothing (RFC 9110). */
function conditionOf(c: Context): WriteCondition {
  const match = c.req.header('if-match')?.trim()
  if (match === '*') return { kind: 'present' }
  if (match !== undefined) return { kind: 'tags', tags: match.match(/(?<!W\/)"[^"]*"/g) ?? [] }
  return { kind: c.req.header('if-none-match')?.trim() === '*' ? 'absent' : 'none' }
}

function whatIsWrong(text: string): string | undefined {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return 'the body is no JSON'
  }
  if (!isObject(document)) return 'the body must be an object'
  if (typeof document['currentState'] !== 'string') return 'currentState must be a string'
  for (const name of ['metadata', 'history']) if (!isObject(document[name])) return `${name} must be an object`
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
