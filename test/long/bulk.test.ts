import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startWorker } from '../../testing/load/worker-process.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeOnRedis } from '../services/redis-suite.ts'

/*
 * A bank answers 2xx and loses the work of 2,000 payments. Once it is mended, one bulk operation resends their commands, while
 * new payments come and the service is killed in between.
 */
const STUCK = 2_000
const KILLED_AT = 600
const CONNECTIONS = 32

interface Operation {
  readonly id: string
  readonly status: string
  readonly counts: Readonly<Record<'done' | 'repeated' | 'conflict' | 'refused' | 'unknown', number>>
  readonly items: readonly { readonly sagaId: string; readonly outcome: string }[]
  readonly next?: string
}

interface SagaShown {
  readonly currentState: string
  readonly isFinal: boolean
  readonly history: {
    readonly events: readonly { readonly event: string }[]
    readonly operations?: readonly { readonly id: string; readonly action: string }[]
  }
}

const BY = { 'x-operator': 'zoe', 'x-reason': 'the%20bank%20is%20mended' }
const RESEND = { action: 'resend', reason: 'the bank is mended' }

describe('a bulk operation on sqlite', () => {
  prove(() => ({ type: 'sqlite', configurations: {} }), { isShared: false })
})
describeOnRedis('a bulk operation on Redis, two processes', (redis) => {
  prove(() => ({ type: 'redis', configurations: { url: `redis://127.0.0.1:${redis().port}` } }), { isShared: true })
})
describeMongo('a bulk operation on MongoDB, two processes', (mongo) => {
  const settings = () => ({ connectionUri: mongo.uri(), collectionName: 'sagas' })
  prove(() => ({ type: 'mongo', configurations: settings() }), { isShared: true })
})

/** Where the store is shared, a second process goes on; else the killed one starts again. */
function prove(store: () => object, { isShared }: { readonly isShared: boolean }): void {
  const title = 'P25 2,000 stuck sagas are mended once each, over a dry run, traffic and a kill'
  test(title, { timeout: 400_000, retry: 0 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-bulk-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const bank = await startBank()
    onTestFinished(() => bank.close())
    const start = () => startService(folder, { port: bank.port, store: store() })
    let service: WorkerProcess = await start()
    onTestFinished(async () => void (await service.stop()))
    const other = isShared ? await start() : undefined
    bank.url = service.url
    const call = <T>(path: string, init?: RequestInit) => callService<T>(() => service.url, path, init)
    const onOther = <T>(path: string, init?: RequestInit) => callService<T>(() => (other ?? service).url, path, init)

    const stuck = await inLanes(
      Array.from({ length: STUCK }, (_, at) => `stuck-${at}`),
      (entity) => create(call, entity),
    )
    await until(async () => bank.swallowed.size === STUCK && (await owes(call)) === 0)
    if (other !== undefined) await provePause(call, onOther, bank)
    bank.isMended = true
    const before = new Date().toISOString()
    const traffic = startTraffic(call)

    const body = { ...RESEND, filter: { currentState: 'paying', enteredBefore: before } }
    const dry = await call<DryRun>('/operations', posted({ ...body, dryRun: true }))
    const matches = isShared ? STUCK + 1 : STUCK
    // A count ends with its request: on a busy machine it may be a part.
    expect(dry.isComplete ? dry.matches : matches).toBe(matches)
    expect(new Set(dry.items.map(({ outcome }) => outcome))).toEqual(new Set(['done']))

    const { id } = await call<Operation>('/operations', posted({ ...body, rate: 150 }, 'mend-the-bank'))
    await until(async () => (await call<Operation>(`/operations/${id}`)).counts.done >= KILLED_AT)
    process.kill(service.pid, 'SIGKILL')
    await service.gone
    const killedAt = performance.now()
    service = other ?? (await start())
    bank.url = service.url
    const again = await call<Operation>('/operations', posted({ ...body, rate: 150 }, 'mend-the-bank'))
    expect(again).toMatchObject({ id, status: 'running' })
    await until(async () => (await call<Operation>(`/operations/${id}`)).status === 'done')
    const took = Math.round((performance.now() - killedAt) / 1_000)
    const late = await traffic.stop()

    const { counts } = await call<Operation>(`/operations/${id}`)
    const everyone = posted({ ...RESEND, filter: {}, dryRun: true, sample: 0 })
    const { matches: all, isComplete } = await call<DryRun>('/operations', everyone)
    const items = counts.done + counts.repeated
    expect(items).toBe(matches)
    const results = await allResults(call, id)
    const sagas = new Set(results.map(({ sagaId }) => sagaId))
    expect([results.length, sagas.size]).toEqual([items, items])
    expect(stuck.filter((saga) => !sagas.has(saga))).toEqual([])
    await until(async () => (await call<{ items: unknown[] }>('/sagas?isFinal=false&limit=1')).items.length === 0)
    await inLanes([...stuck, ...late], async (saga) => {
      const { currentState, history } = await call<SagaShown>(`/sagas/${saga}`)
      expect([currentState, history.events.map(({ event }) => event)]).toEqual(['paid', ['__created__', 'payed']])
      const isMended = sagas.has(saga)
      expect(history.operations?.map((one) => one.id)).toEqual(isMended ? [`bulk/${id}`] : undefined)
    })
    console.log(`mended ${items} in ${took} s after the kill: ${JSON.stringify(counts)}, traffic ${late.length}`)
    expect(bank.worked.size).toBe(isComplete ? all : matches + late.length)
  })
}

interface DryRun {
  readonly matches: number
  readonly isComplete: boolean
  readonly items: readonly { readonly outcome: string }[]
}

/** A pause that one process sets is honoured by the other, and ends there too. */
async function provePause(one: Call, other: Call, bank: Pick<Bank, 'swallowed'>): Promise<void> {
  const change = (action: string) => one(`/channels/bank/${action}`, { method: 'POST', headers: BY })
  const gauge = async () => /^batuta_channel_paused\{channel="bank"\} 1$/m.test(await other<string>('/-/metrics'))
  await change('pause')
  await until(gauge)
  expect(await other('/channels')).toMatchObject({
    items: [{ id: 'bank', isPaused: true, pausedBy: 'zoe' }],
    kept: true,
  })
  const before = bank.swallowed.size
  const { sagaId } = await other<{ sagaId: string }>('/saga', posted({ associatedEntityId: 'paused', metadata: {} }))
  await pause(3_000)
  expect(await one(`/sagas/${sagaId}`)).toMatchObject({ owed: [{ channel: 'bank' }] })
  expect(bank.swallowed.size).toBe(before)
  await change('resume')
  await until(async () => bank.swallowed.size === before + 1 && (await owes(one)) === 0)
}

type Bank = Awaited<ReturnType<typeof startBank>>

/** A bank that loses its work until it is mended, and works once for each idempotency key. */
async function startBank() {
  const bank = {
    isMended: false,
    url: '',
    port: 0,
    swallowed: new Set<string>(),
    worked: new Set<string>(),
    close: () => new Promise<void>((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  }
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => (text += part))
    request.on('end', () => {
      response.writeHead(202).end()
      const { key } = JSON.parse(text) as { key: string }
      if (!bank.isMended) return void bank.swallowed.add(key)
      bank.worked.add(key)
      void emit(key)
    })
  })
  async function emit(key: string): Promise<void> {
    const event = JSON.stringify({ key, value: { messageLabel: 'payed', messagePayload: {} } })
    const headers = { 'content-type': 'application/json', 'idempotency-key': `${key}/payed` }
    for (let tries = 0; tries < 200; tries++) {
      const answer = await fetch(`${bank.url}/event`, { method: 'POST', headers, body: event }).catch(() => undefined)
      if (answer?.status === 200) return
      await pause(100)
    }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(bank, { port: (server.address() as AddressInfo).port })
}

function startService(folder: string, { port, store }: { port: number; store: object }): Promise<WorkerProcess> {
  const path = join(folder, 'saga.json')
  const rest = { protocol: 'http', endpoint: '127.0.0.1', port, method: 'POST', path: '/' }
  writeFileSync(
    path,
    JSON.stringify({
      machineDefinition: {
        initialState: 'paying',
        creationEvent: '__created__',
        states: [
          {
            id: 'paying',
            isFinal: false,
            outputCommand: { label: 'pay', channel: 'bank' },
            outgoingTransitions: [{ inputEvent: 'payed', targetState: 'paid' }],
          },
          { id: 'paid', isFinal: true },
        ],
      },
      communicationProtocols: [{ id: 'bank', type: 'rest', configurations: rest }],
      persistencyManagement: store,
    }),
  )
  const variables = { CONFIGURATIONS_FILE_PATH: path, DATA_PATH: join(folder, 'data') }
  return startWorker({
    command: ['node', 'workers/node.ts'],
    variables,
    log: join(folder, `service-${randomUUID()}.log`),
  })
}

type Call = <T>(path: string, init?: RequestInit) => Promise<T>

/** Repeats a request while the service is away. */
async function callService<T>(url: () => string, path: string, init?: RequestInit): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await fetch(url() + path, init)
      const body = await answer.text()
      if (answer.ok) return (path.endsWith('/metrics') ? body : JSON.parse(body)) as T
      throw new Error(`${path}: ${answer.status} ${body}`)
    } catch (thrown) {
      if (tries === 100) throw thrown
      await pause(100)
    }
  }
}

function posted(body: object, key?: string): RequestInit {
  const headers = { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) }
  return { method: 'POST', headers, body: JSON.stringify(body) }
}

async function create(call: Call, entity: string): Promise<string> {
  const { sagaId } = await call<{ sagaId: string }>(
    '/saga',
    posted({ associatedEntityId: entity, metadata: {} }, entity),
  )
  return sagaId
}

async function owes(call: Call): Promise<number> {
  return (await call<{ items: unknown[] }>('/sagas?has=owed&limit=1')).items.length
}

/** Some payments a second until it is stopped. */
function startTraffic(call: Call) {
  let isOver = false
  const made: Promise<string>[] = []
  const running = (async () => {
    while (!isOver) {
      made.push(create(call, `late-${made.length}`))
      await pause(20)
    }
  })()
  return {
    async stop(): Promise<readonly string[]> {
      isOver = true
      await running
      return Promise.all(made)
    },
  }
}

async function allResults(call: Call, id: string): Promise<Operation['items']> {
  const all: Operation['items'][number][] = []
  for (let after = ''; ;) {
    const { items, next } = await call<Operation>(`/operations/${id}?limit=300${after}`)
    all.push(...items)
    if (next === undefined) return all
    after = `&after=${next}`
  }
}

async function inLanes<Given, Result>(all: readonly Given[], use: (one: Given) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const lane = async () => {
    while (next < all.length) {
      const at = next++
      results[at] = await use(all[at] as Given)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, lane))
  return results
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 120_000; !(await holds()); await pause(100)) {
    if (performance.now() > end) throw new Error('wait for a fact: it did not come within 120 s')
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
