import type { Context } from 'hono'
import { parseJson } from '../codec/json.ts'
import type { Parsed } from '../codec/json.ts'
import { problem } from './problem.ts'

/** How much of a refused body is still read, so that a client that sends first and reads then gets to read (C7). */
const DRAINED = 64 * 1024 * 1024

export type Body = Extract<Parsed, { ok: true }> | { readonly ok: false; readonly answer: Response }

/** The JSON of a request, or the answer that says why there is none. */
export async function readBody(c: Context, limit: number): Promise<Body> {
  const refuse = (status: 400 | 413 | 415, message: string): Body => ({
    ok: false,
    answer: problem(c, status, message),
  })
  const tooLarge = (): Body => refuse(413, `the body is larger than ${limit} bytes`)

  const length = Number(c.req.header('content-length') ?? Number.NaN)
  if (length > limit) {
    await drain(c.req.raw.body)
    return tooLarge()
  }
  const type = c.req.header('content-type') ?? ''
  if (!JSON_TYPE.test(type)) {
    await drain(c.req.raw.body)
    return refuse(415, `the content type is "${type.slice(0, 100)}"; expected application/json`)
  }
  const bytes = Number.isNaN(length) ? await collect(c.req.raw.body, limit) : new Uint8Array(await c.req.arrayBuffer())
  if (bytes === undefined || bytes.byteLength > limit) return tooLarge()
  return parse(bytes, (message) => refuse(400, message))
}

const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?;?\s*$/i
const UTF8 = new TextDecoder('utf-8', { fatal: true })

function parse(bytes: Uint8Array, refuse: (message: string) => Body): Body {
  let text: string
  try {
    text = UTF8.decode(bytes)
  } catch {
    return refuse('the body is not UTF-8')
  }
  const read = parseJson(text)
  return read.ok ? read : refuse(`the body ${read.why}`)
}

/** A body that does not say its length; `undefined` when it is over the limit, then read and dropped within bounds. */
async function collect(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size <= limit) chunks.push(chunk)
    else if (size > limit + DRAINED) break
  }
  return size > limit ? undefined : joined(chunks, size)
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null) return
  let size = 0
  try {
    for await (const chunk of body) if ((size += chunk.byteLength) > DRAINED) return
  } catch {
    // The client has gone: there is nobody left to answer.
  }
}
