import { expect, test } from 'vitest'
import { DEFAULTS } from '../../src/defaults.ts'
import { crud } from '../pairs/servers.ts'
import { RunningWorker } from '../runtime/conformance/stage.ts'
import type { TestedRuntime } from '../runtime/conformance/tested.ts'
import { eventually } from './client.ts'
import { openRaw } from './raw.ts'
import { startTcpProxy } from './tcp-proxy.ts'

/** Requests that are cut at once: fewer than those among which waits are judged, so that each is admitted. */
const CUT = 50
/** Sagas of the events among them. */
const SAGAS = 10
const BODY = { associatedEntityId: 'reservation-1', metadata: {} }
/** Their bytes, and those of all bodies at once. */
const [LARGE, ALL] = [50_000, 1_000_000]

export type GoneClientsRuntime = Pick<TestedRuntime, 'script' | 'args'>

/** Clients that go away before their answers: neither the work that was begun is lost, nor a place of the process. */
export function goneBeforeAnswers(runtime: GoneClientsRuntime): void {
  test('P16 C7 clients that go away before their answers hold no place, and the work that was begun is done', async () => {
    await using service = await open(runtime)
    const { stage, store } = service
    const ids: string[] = []
    for (let at = 0; at < SAGAS; at++) ids.push(await stage.create())
    /** False where the store stood still for so long that requests may have been given up. */
    const cutWhileFrozen = async (path: string, bodyOf: (at: number) => object): Promise<boolean> => {
      const began = Date.now()
      store.freeze()
      const clients = await Promise.all(
        Array.from({ length: CUT }, (_, at) => send(stage, path, JSON.stringify(bodyOf(at)))),
      )
      await gauge(stage, 'batuta_requests_in_progress', CUT)
      for (const client of clients) client.reset()
      for (let look = 0; look < 3; look++) await stage.call('/-/metrics') // the host has met the resets by then
      store.thaw()
      const frozen = Date.now() - began
      await gauge(stage, 'batuta_requests_in_progress', 0)
      return frozen < DEFAULTS.deadline / 2
    }
    const created = await eventually(async () => {
      const before = await countOf(stage)
      return (await cutWhileFrozen('/saga', () => BODY)) ? (await countOf(stage)) - before : undefined
    })
    expect(created).toBe(CUT)

    const event = { messageLabel: 'validationOK', messagePayload: {} }
    const eventOf = (at: number) => ({ key: ids[at % SAGAS], value: event })
    await eventually(async () => (await cutWhileFrozen('/event', eventOf)) || undefined)
    const answers = await Promise.all(ids.map((id) => stage.event(id, 'checkOK')))
    expect(answers.map(({ status, json }) => [status, (json as { outcome: string }).outcome])).toEqual(
      ids.map(() => [200, 'moved']),
    )
  })
}

/** Clients that go away in the middle of a body, or of a wait: nothing is held for them. */
export function goneInBetween(runtime: GoneClientsRuntime): void {
  test('C7 P16 bodies that break off hold no memory, and clients that go away no wait', async () => {
    await using service = await open(runtime, { BODIES_LIMIT: String(ALL), BODY_LIMIT: String(ALL / 2) })
    const { stage } = service
    const body = JSON.stringify({ ...BODY, metadata: { n: 'x'.repeat(LARGE) } })
    for (let round = 0; round < 2; round++) {
      const clients = await Promise.all(
        Array.from({ length: ALL / LARGE }, () => send(stage, '/saga', body, body.length - 1)),
      )
      const { status } = await stage.call('/saga', { body })
      for (const client of clients) client.reset()
      expect([200, 503]).toContain(status) // full where the host has handed on all of them
      await eventually(async () => ((await stage.call('/saga', { body })).status === 200 ? true : undefined))
    }
    const id = await stage.create()
    const waiting = await Promise.all(
      Array.from({ length: CUT }, async () => {
        const client = await openRaw(stage.worker.port)
        client.write(`GET /sagas/${id}?wait=60 HTTP/1.1\r\nhost: batuta.test\r\n\r\n`)
        return client
      }),
    )
    await gauge(stage, 'batuta_waiting_requests', CUT)
    for (const client of waiting) client.reset()
    await gauge(stage, 'batuta_waiting_requests', 0)
  })
}

async function open(runtime: GoneClientsRuntime, environment: Readonly<Record<string, string>> = {}) {
  const server = await crud()
  const { configurations, type } = server.persistency as { type: string; configurations: { port: number } }
  const store = await startTcpProxy(() => configurations.port)
  const persistency = () => ({ type, configurations: { ...configurations, port: store.port } })
  const stage = await RunningWorker.open(
    { ...runtime, persistency },
    { environment: { LOG_LEVEL: 'error', ...environment } },
  )
  stage.participant.behaves(() => ({}))
  return {
    stage,
    store,
    async [Symbol.asyncDispose]() {
      store.thaw()
      await stage.close()
      await Promise.all([store.close(), server.close()])
    },
  }
}

/** A client that has sent its request, or the first `bytes` of its body, and reads nothing. */
async function send({ worker }: RunningWorker, path: string, body: string, bytes = body.length) {
  const client = await openRaw(worker.port)
  const head = `POST ${path} HTTP/1.1\r\nhost: batuta.test\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`
  client.write(`${head}\r\n\r\n${body.slice(0, bytes)}`)
  return client
}

function gauge(stage: RunningWorker, name: string, wanted: number): Promise<true> {
  return eventually(async () => {
    const { text } = await stage.call('/-/metrics')
    return text.includes(`\n${name} ${wanted}\n`) ? true : undefined
  })
}

async function countOf(stage: RunningWorker): Promise<number> {
  return ((await stage.call('/sagas?limit=200')).json as { items: unknown[] }).items.length
}
