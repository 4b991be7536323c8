import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crudService } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { restService } from '../persistency/rest-service.ts'
import type { RestService } from '../persistency/rest-service.ts'
import { eventually, insist } from '../services/client.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeOnRedis } from '../services/redis-suite.ts'
import { startTcpProxy } from '../services/tcp-proxy.ts'
import type { TcpProxy } from '../services/tcp-proxy.ts'
import { TOKEN } from '../services/upstash.ts'
import { describeUpstash } from '../services/upstash-suite.ts'
import { RunningWorker } from './conformance/stage.ts'

interface Tested {
  readonly name: string
  /** The port of the store. */
  readonly port: () => number
  /** `persistencyManagement` for a store on this port. */
  readonly store: (port: number) => { readonly type: string; readonly configurations: object }
  /** Bytes of metadata that the store accepts (P24). */
  readonly limit: number
}

const AWAY = 2_000
const PASSWORD = encodeURIComponent(TOKEN)
const MARK = 'planted-in-the-metadata '

/** A store behind a connection that can be cut, and a worker over it. */
function inTrouble({ name, port, store, limit }: Tested): void {
  let line: TcpProxy
  let stage: RunningWorker
  beforeAll(async () => {
    line = await startTcpProxy(port)
    const environment = { BODY_LIMIT: '20mib' }
    stage = await RunningWorker.open({ script: 'start', persistency: () => store(line.port) }, { environment })
  })
  afterAll(async () => {
    await stage?.close()
    await line?.close()
  })

  const create = (key: string) => {
    const body = { associatedEntityId: 'table-4', metadata: { key } }
    return insist(`${stage.worker.url}/saga`, { headers: { 'idempotency-key': key }, body }).then(
      ({ answer }) => (answer.json as { sagaId: string }).sagaId,
    )
  }
  const keys = (when: string) => Array.from({ length: 10 }, (_, n) => `${when} ${n}`)

  test('I1 I2 the store is away for two seconds: 503 with Retry-After, then sagas go on, and nothing is lost', async () => {
    const { worker, participant } = stage
    const [known = '', ...others] = await Promise.all(keys('before').map(create))
    await stage.settled(known)
    await line.refuse()
    const away = sleep(AWAY)
    const during = keys('while it is away').map(create)
    for (const request of [
      stage.call(`/sagas/${known}`),
      stage.event('a saga of which nobody knows', 'validationOK'),
      stage.call('/-/ready'),
    ]) {
      const { status, headers, json } = await request
      expect(status).toBe(503)
      const isProbe = 'status' in (json as object)
      if (!isProbe) expect(headers.get('retry-after')).toMatch(/^\d+$/)
      else expect((json as { message: string }).message).toContain(`the store "${name}"`)
    }
    expect((await stage.call('/-/healthz')).status).toBe(200)
    await away
    await line.accept()

    await eventually(async () => ((await stage.call('/-/ready')).status === 200 ? true : undefined))
    const sagas = [known, ...others, ...(await Promise.all(during))]
    for (const saga of sagas) {
      const { currentState, history } = await stage.settled(saga)
      expect(currentState).toBe('reservationConfirmed')
      expect(history.events.map(({ event }) => event)).toEqual(['__created__', 'validationOK', 'checkOK'])
      const sent = participant.received.filter(({ sagaId }) => sagaId === saga).map(({ key }) => key)
      expect([...new Set(sent)]).toEqual([`${saga}/0/0`, `${saga}/1/0`])
    }
    for (const secret of [TOKEN, PASSWORD]) expect(worker.stdout + worker.stderr).not.toContain(secret)
  })

  test('P24 metadata beyond the limit: 413 with the limit, and nothing is written', async () => {
    let isSent = false
    void line.hold(MARK).caught.then(() => (isSent = true))
    // The limit certainly fits; a little more may fit too.
    const metadata = { text: MARK.repeat((1.05 * limit) / MARK.length) }
    const refused = { status: 413, json: { message: expect.stringContaining(` ${limit} bytes`) } }
    const body = { associatedEntityId: 'table-4', metadata }
    expect(await stage.call('/saga', { body })).toMatchObject(refused)
    // The participant emits no event: the saga waits in its first state.
    stage.participant.behaves(() => ({}))
    const saga = await stage.create()
    expect(await stage.event(saga, 'validationOK', { payload: metadata })).toMatchObject(refused)
    expect((await stage.event(saga, 'validationKO')).json).toMatchObject({ outcome: 'moved' })
    expect((await stage.document(saga)).history.events).toHaveLength(2)
    expect(isSent).toBe(false)
  })
}

describe.each(['strong', 'none'] as const)('rest in trouble, tags: %s', (tags) => {
  let service: RestService
  beforeAll(async () => {
    service = await restService({ tags })
  })
  afterAll(() => service?.close())
  const target = { protocol: 'http', endpoint: '127.0.0.1', method: 'PUT', path: '/sagas' }
  const store = (port: number) => ({ type: 'rest', configurations: { ...target, port } })
  inTrouble({ name: 'rest', port: () => service.port, store, limit: 4 * 1024 * 1024 })
})

describe('crud in trouble', () => {
  let service: CrudService
  beforeAll(async () => {
    service = await crudService()
  })
  afterAll(() => service?.close())
  const store = (port: number) => ({
    type: 'crud',
    configurations: { host: '127.0.0.1', port, collectionName: 'sagas' },
  })
  inTrouble({ name: 'crud', port: () => service.port, store, limit: 4 * 1024 * 1024 })
})

describeMongo('mongo in trouble', (mongo) => {
  const store = (port: number) => ({
    type: 'mongo',
    configurations: { connectionUri: mongo.uri(port), collectionName: 'sagas' },
  })
  inTrouble({ name: 'mongo', port: () => mongo.port, store, limit: 5_000_000 })
})

describeUpstash('upstash-redis in trouble', (upstash) => {
  const store = (port: number) => ({
    type: 'upstash-redis',
    configurations: { url: `http://127.0.0.1:${port}`, token: TOKEN },
  })
  inTrouble({ name: 'upstash-redis', port: () => Number(new URL(upstash().url).port), store, limit: 1_000_000 })
})

describeOnRedis('redis in trouble', (redis) => {
  // A Redis without a password accepts any.
  const store = (port: number) => ({
    type: 'redis',
    configurations: { url: `redis://default:${PASSWORD}@127.0.0.1:${port}` },
  })
  inTrouble({ name: 'redis', port: () => redis().port, store, limit: 1_000_000 })
})
