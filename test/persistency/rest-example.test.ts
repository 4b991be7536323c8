import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import type { Schema } from '@cfworker/json-schema'
import { afterAll, describe, expect, test } from 'vitest'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'
import { create, move } from '../../testing/contract/saves.ts'

const example = join(import.meta.dirname, '../../examples/persistency-manager')
const folder = mkdtempSync(join(tmpdir(), 'batuta-persistency-manager-'))
const { fetch } = nodeRuntime('silent')
const running = new Set<ChildProcess>()
afterAll(async () => {
  await Promise.all([...running].map(kill))
  rmSync(folder, { recursive: true })
})

/** One process for all tests with ids of their own. The example's path is fixed, so tests that list need another. */
const { port } = await start('contract.db')
const open = async () => storeAt(port)
/** The example refuses documents that are not sagas, so no test can damage one. */
const gaps = { ...STORES['rest (strong tags)'].gaps, damage: 'the service refuses a document that is no saga' }
persistencyContract('rest, the example', { open, reopen: open, gaps })

describe('the example', () => {
  test('I1 killed during writes: every acknowledged step is stored', { timeout: 60_000 }, async () => {
    for (const writes of [1, 100, 400]) {
      const { port, child } = await start('killed.db')
      const store = storeAt(port)
      const acknowledged = new Map<string, number>()
      const writers = Array.from({ length: 8 }, () => write(store, acknowledged).catch(() => undefined))
      while ([...acknowledged.values()].reduce((sum, one) => sum + one, 0) < writes) await pause(1)
      await kill(child)
      await Promise.all(writers)
      const again = await start('killed.db')
      const reader = storeAt(again.port)
      for (const [id, length] of acknowledged) {
        const loaded = await reader.load(id)
        expect(loaded?.saga.length, id).toBeGreaterThanOrEqual(length)
        expect((await reader.document(id))?.history.events).toHaveLength(loaded?.saga.length ?? -1)
      }
      await kill(again.child)
    }
  })

  test('C6.1 requests and answers match the example’s OpenAPI', async () => {
    const store = storeAt(port)
    const made = await create(store, { entity: 'e', metadata: { n: 1 } })
    const moved = await move(store, await move(store, made, 'reserved'), 'charged')
    const url = `http://127.0.0.1:${port}/sagas/${moved.saga.id}`
    const answer = await globalThis.fetch(url)
    const document: unknown = await answer.json()
    for (const name of ['Document', 'Answered']) expect(schemaOf(name).validate(document).errors).toEqual([])
    expect(schemaOf('Document').validate({ metadata: {} }).valid).toBe(false)
    expect(await (await globalThis.fetch(`http://127.0.0.1:${port}/openapi.json`)).json()).toEqual(openapi)
  })

  test.each([
    ['if-match', '"another"', 412],
    ['if-match', '', 412],
    ['if-match', 'W/"another"', 412],
    ['if-match', '*', 200],
    ['if-none-match', '*', 412],
    ['x-nothing', '', 200],
  ])('C6.4 of a saga that is there, %s: %s answers %d', async (name, value, status) => {
    const { saga } = await create(storeAt(port))
    expect((await put(saga.id, { [name]: value })).status).toBe(status)
  })

  test('C6.4 a tag is compared strongly, also among others', async () => {
    const { saga } = await create(storeAt(port))
    const tag = (await globalThis.fetch(`http://127.0.0.1:${port}/sagas/${saga.id}`)).headers.get('etag')
    expect((await put(saga.id, { 'if-match': `W/${tag}` })).status).toBe(412)
    expect((await put(saga.id, { 'if-match': `"another", ${tag}` })).status).toBe(200)
    expect((await put('nobody', { 'if-match': '*' })).status).toBe(412)
  })

  test.each([
    '',
    '[]',
    '{',
    '{"currentState":1,"metadata":{},"history":{}}',
    '{"currentState":"a","metadata":{},"history":[]}',
  ])('C6.1 what is no document is refused: %s', async (body) => {
    expect((await put('bad', {}, body)).status).toBe(400)
    expect(await storeAt(port).load('bad')).toBeUndefined()
  })

  test('P24 a document that is too large is refused with 413', async () => {
    const text = 'x'.repeat(17 * 1024 * 1024)
    const body = JSON.stringify({ currentState: 'a', metadata: { text }, history: {} })
    expect((await put('large', {}, body)).status).toBe(413)
  })
})

const openapi = JSON.parse(readFileSync(join(example, 'openapi.json'), 'utf8')) as { components: object }

function schemaOf(name: string): Validator {
  const schema: Schema = { $ref: `#/components/schemas/${name}`, components: openapi.components }
  return new Validator(schema, '2020-12', false)
}

function put(id: string, headers: Record<string, string>, body = '{"currentState":"a","metadata":{},"history":{}}') {
  return globalThis.fetch(`http://127.0.0.1:${port}/sagas/${id}`, { method: 'PUT', headers, body })
}

async function write(store: Persistency, acknowledged: Map<string, number>): Promise<never> {
  for (;;) {
    let saga = await create(store, { metadata: { text: 'x'.repeat(300) } })
    for (let event = 0; event < 20; event++) {
      acknowledged.set(saga.saga.id, saga.saga.length)
      saga = await move(store, saga, 'asked again')
    }
  }
}

function storeAt(port: number): Persistency {
  const target = { protocol: 'http', endpoint: '127.0.0.1', method: 'PUT', path: '/sagas', headers: {} } as const
  return restPersistency({ ...target, port }, fetch)
}

async function start(file: string): Promise<{ port: number; child: ChildProcess }> {
  const env = { ...process.env, PORT: '0', DATA: join(folder, 'made', file) }
  const child = spawn(process.execPath, [join(example, 'server.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { port: Number(/port (\d+)/.exec(String(line))?.[1]), child }
}

async function kill(child: ChildProcess): Promise<void> {
  running.delete(child)
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
