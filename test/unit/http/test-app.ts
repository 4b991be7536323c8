import type { Hono } from 'hono'
import { timelessMemory } from '../../fakes/timeless-memory.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { ParkingBounds } from '../../../src/engine/saga.ts'
import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import { consolePage } from '../../../src/console/console.ts'
import { documentation } from '../../../src/documentation/documentation.ts'
import { createApp } from '../../../src/http/app.ts'
import type { AppOptions } from '../../../src/http/app.ts'
import { BodyReader } from '../../../src/http/body-reader.ts'
import { RequestIds } from '../../../src/http/request-id.ts'
import type { Route } from '../../../src/http/route.ts'
import { routesOf } from '../../../src/http/routes.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { NumberGuard } from '../../../src/orchestrator/events/number-guard.ts'
import type { InexactNumbersPolicy } from '../../../src/orchestrator/events/number-guard.ts'
import { ServiceControl } from '../../../src/orchestrator/operators/service-control.ts'
import { assemble } from '../../../src/orchestrator/assemble.ts'
import type { Capabilities, Persistency } from '../../../src/ports/persistency.ts'
import { DELIVERED, fakeChannel } from '../../fakes/channel.ts'
import type { FakeChannel } from '../../fakes/channel.ts'
import { expectDescribed } from './described.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import type { FakeMetrics } from '../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import type { SimulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

/** A machine of two states: `asked`, with a transition to itself, and `done`. */
export const MACHINE: MachineDefinition = {
  initialState: 'asked',
  states: [
    {
      id: 'asked',
      isFinal: false,
      businessStateId: 7,
      outputCommand: { label: 'answer', channel: 'desk' },
      outgoingTransitions: [
        { inputEvent: 'answered', targetState: 'done' },
        { inputEvent: 'askedAgain', targetState: 'asked' },
      ],
    },
    { id: 'done', isFinal: true },
  ],
  businessStates: [{ id: 7, description: 'in hand' }],
}

/** The HTTP app over the real corridor and a store in memory; `writes` has every write. */
export interface TestApp {
  readonly hono: Hono
  readonly routes: readonly Route[]
  readonly runtime: SimulatedRuntime
  readonly metrics: FakeMetrics
  readonly channel: FakeChannel
  readonly store: Persistency
  readonly writes: readonly Change[]
  request(path: string, init?: RequestInit): Promise<Response>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  /** Creates a saga. Resolves with its id. */
  create(entity?: string, key?: string): Promise<string>
}

export interface TestAppOptions extends Partial<AppOptions> {
  readonly inexactNumbers?: InexactNumbersPolicy
  readonly unexpectedEvents?: 'ignore' | 'reject' | 'park'
  readonly parking?: ParkingBounds
  /** Default: that of the memory store. */
  readonly recovery?: Capabilities['recovery']
}

export function openTestApp({
  unexpectedEvents = 'ignore',
  inexactNumbers = 'accept',
  parking,
  recovery,
  ...options
}: TestAppOptions = {}): TestApp {
  const [runtime, metrics, channel] = [simulatedRuntime(), fakeMetrics(), fakeChannel('desk')]
  channel.always(DELIVERED)
  const writes: Change[] = []
  const memory = spied(timelessMemory(), writes)
  const store = recovery === undefined ? memory : Object.assign(memory, { can: { ...memory.can, recovery } })
  const machine = compile(MACHINE, { merge: mergeFirstLevel, leaseOf: () => 15_000 })
  const channels = new Map([[channel.id, channel]])
  const corridor = assemble({ machine, persistency: store, channels, runtime, metrics, unexpectedEvents, parking })
  const control = new ServiceControl({ persistency: store, operator: corridor, channels: corridor, runtime, metrics })
  const complete: AppOptions = {
    corridor,
    bulk: control.bulk,
    channels: control.channels,
    runtime,
    metrics,
    ready: () => store.probe(),
    store: store.name,
    tokens: {},
    basePath: '',
    sagaIdPrefix: '',
    handedOnHeaders: ['miauserid', 'x-request-id', 'x-team', 'authorization'],
    bodyLimit: 100_000,
    bodiesLimit: 1_000_000,
    bodyTimeout: 30_000,
    numbers: new NumberGuard({ policy: inexactNumbers, metrics, log: runtime.log }),
    shown: { machine: MACHINE, configuration: { machineDefinition: MACHINE } },
    console: consolePage,
    documentation: documentation({
      configuration: { machine: MACHINE, channels: [], shown: { machineDefinition: MACHINE } },
      basePath: options.basePath ?? '',
      hasTokens: options.tokens?.api !== undefined,
    }),
    ...options,
  }
  const app = createApp(complete)
  const withIds = { ...complete, ids: new RequestIds(runtime) }
  const routes = routesOf(new BodyReader(withIds), withIds)
  return { hono: app, routes, runtime, metrics, channel, store, writes, ...client(app, routes, complete.basePath) }
}

/** Compares every answer with the table of routes. */
function client(app: Hono, routes: readonly Route[], basePath: string): Pick<TestApp, 'request' | 'post' | 'create'> {
  const request: TestApp['request'] = async (target, init) => {
    const answer = await app.fetch(new Request(`http://batuta.test${target}`, init))
    const path = (target.split('?', 1)[0] ?? '').slice(target.startsWith(`${basePath}/`) ? basePath.length : 0)
    await expectDescribed(routes, { method: init?.method ?? 'GET', path }, answer)
    return answer
  }
  const post: TestApp['post'] = (path, body, headers) =>
    request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const create: TestApp['create'] = async (entity = 'e', key) => {
    const body = { associatedEntityId: entity, metadata: {} }
    const answer = await post('/saga', body, key === undefined ? {} : { 'idempotency-key': key })
    return ((await answer.json()) as { sagaId: string }).sagaId
  }
  return { request, post, create }
}

function spied(store: Persistency, writes: Change[]): Persistency {
  return {
    name: store.name,
    can: store.can,
    load: (id) => store.load(id),
    save: (change, next, basis) => {
      writes.push(change)
      return store.save(change, next, basis)
    },
    applied: (id, event, label) => store.applied(id, event, label),
    document: (id) => store.document(id),
    probe: () => store.probe(),
    close: () => store.close(),
  }
}
