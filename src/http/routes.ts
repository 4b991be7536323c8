import type { Context } from 'hono'
import { CREATION_BODY, EVENT_BODY } from '../codec/message.ts'
import { DEFAULTS } from '../defaults.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import type { BulkService, ChannelService } from '../orchestrator/operators/service-control.ts'
import type { Metrics } from '../ports/metrics.ts'
import { Admission } from './admission.ts'
import type { AdmissionOptions } from './admission.ts'
import type { BodyReader } from './body-reader.ts'
import { bulkRoutes } from './bulk-routes.ts'
import { channelRoutes } from './channel-routes.ts'
import { WaitingRequests } from './end-wait.ts'
import { expectedEvents } from './expected-events.ts'
import { getSaga } from './get-saga.ts'
import { LIST_QUERY } from './list-query.ts'
import { listSagas } from './list-sagas.ts'
import { operatorRoutes } from './operator-routes.ts'
import { postEvent } from './post-event.ts'
import type { WriteOptions } from './post-event.ts'
import { postSaga } from './post-saga.ts'
import { probeRoutes } from './probes.ts'
import type { ProbeOptions } from './probes.ts'
import { namesInFile } from './names-in-file.ts'
import type { Route } from './route.ts'
import type { ShownConfiguration } from './unknown-names.ts'
import { watchAll } from './watch-all.ts'
import { watchSaga } from './watch-saga.ts'
import {
  CONFIGURATION_SHOWN,
  CREATION_HEADERS,
  errors,
  EVENT_HANDLED,
  EVENT_STREAM,
  METRICS_TEXT,
  NO_CONTENT,
  SAGA_CREATED,
  SAGA_DOCUMENT,
  SAGA_PAGE,
  WAIT_HEADERS,
  WAIT_QUERY,
  WATCH_REQUEST,
  WRITE_HEADERS,
} from './schemas.ts'

/** Options of `routesOf`. */
export interface RouteOptions
  extends Omit<WriteOptions, 'admission'>, Pick<AdmissionOptions, 'judgesWaits'>, ProbeOptions {
  /** Creations and events in progress at once (C1.3 `REQUESTS_LIMIT`). Default: `DEFAULTS.requests`. */
  readonly requestsLimit?: number | undefined
  readonly metrics: Metrics
  /** The store's name, for the 501 of a store that cannot list. */
  readonly store: string
  /** Requests that wait for the end of a saga at once. Default: `DEFAULTS.waitingRequests`. */
  readonly waitingRequests?: number | undefined
  /** `GET /machine-definition` and `GET /configuration`, secrets redacted (C2.6). */
  readonly shown: ShownConfiguration
  /** Name in the records of operators' actions without `x-operator`. Default: `API_TOKEN`. */
  readonly unnamedOperator?: string | undefined
  /** Absent where the store cannot list. */
  readonly bulk?: BulkService | undefined
  /** Absent where the host has no records for pauses. */
  readonly channels?: ChannelService | undefined
  /** True for a request whose token opens every method. Default: always. */
  readonly mayWrite?: ((c: Context) => boolean) | undefined
  /** The page for operators; absent where the host has none, and under `CONSOLE=off`. */
  readonly console?: ((service: ConsoleService) => readonly Route[]) | undefined
  /** How this service reads a saga.json, for the files that its page checks. */
  readonly checking?: CheckingOptions | undefined
  /** The routes that draw the machine; absent where the host has no pictures. */
  readonly pictures?:
    | ((service: { readonly corridor: Corridor; readonly runtime: RouteOptions['runtime'] }) => readonly Route[])
    | undefined
  /** Adds the routes that describe the others; absent where the host has no documentation. */
  readonly documentation?: ((routes: readonly Route[]) => readonly Route[]) | undefined
}

/** How a service reads a saga.json. */
export interface CheckingOptions {
  /** Types of stores that the host has beside the built-in ones. */
  readonly ownStores: readonly string[]
  /** Patterns of payload schemas that were proven linear at the start. */
  readonly linearPatterns: ReadonlySet<string>
  /** The reason why the source of a hook is no usable module. Absent: hooks are not compiled. */
  readonly flawOfHook?: ((source: string) => Promise<string | undefined>) | undefined
}

/** The service as the page for operators sees it. */
export interface ConsoleService {
  readonly bodies: BodyReader
  readonly runtime: Pick<RouteOptions['runtime'], 'monotonic' | 'after'>
  readonly checking: CheckingOptions
  /** The file that the service runs. */
  readonly shown: ShownConfiguration
  /** The store's name. */
  readonly store: string
  readonly canList: boolean
  /** True for a request whose token opens every method. */
  readonly mayWrite: (c: Context) => boolean
}

/** Every route of the HTTP API (C7). A new route is one entry: its guard and its 405 follow from it. */
export function routesOf(bodies: BodyReader, options: RouteOptions): readonly Route[] {
  const { corridor, store, metrics, shown, documentation } = options
  const { runtime, judgesWaits, requestsLimit: limit = DEFAULTS.requests } = options
  const admission = new Admission({ runtime, metrics, limit, judgesWaits })
  const waiting = new WaitingRequests({ corridor, metrics, runtime, most: options.waitingRequests })
  const expected = expectedEvents(shown)
  const names = namesInFile(shown)
  const paused = () => options.channels?.pauses.paused() ?? []
  const routes: readonly Route[] = [
    {
      method: 'POST',
      path: '/saga',
      guard: 'token',
      request: { headers: CREATION_HEADERS, query: WAIT_QUERY, body: CREATION_BODY },
      responses: { 200: SAGA_CREATED, ...errors(400, 408, 413, 415, 422, 429, 431, 500, 501, 503) },
      handle: postSaga(bodies, { ...options, waiting, expected, paused, names, admission }),
    },
    {
      method: 'POST',
      path: '/event',
      guard: 'token',
      request: { headers: WRITE_HEADERS, body: EVENT_BODY },
      responses: { 200: EVENT_HANDLED, ...errors(400, 404, 408, 409, 413, 415, 422, 429, 431, 500, 503) },
      handle: postEvent(bodies, { ...options, admission }),
    },
    {
      method: 'GET',
      path: '/sagas/:sagaId',
      guard: 'token',
      request: { headers: WAIT_HEADERS, query: WAIT_QUERY },
      responses: { 200: SAGA_DOCUMENT, ...errors(400, 404, 500, 503) },
      handle: getSaga({ corridor, waiting, expected, paused, names }),
    },
    {
      method: 'GET',
      path: '/sagas/:sagaId/watch',
      guard: 'token',
      request: { headers: WATCH_REQUEST },
      responses: { 200: EVENT_STREAM, 204: NO_CONTENT, ...errors(400, 404, 500, 503) },
      handle: watchSaga({ corridor }),
    },
    {
      method: 'GET',
      path: '/watch',
      guard: 'token',
      request: { headers: WATCH_REQUEST },
      responses: { 200: EVENT_STREAM, ...errors(501, 503) },
      handle: watchAll({ corridor }),
    },
    ...operatorRoutes({ ...options, bodies, unnamedOperator: options.unnamedOperator ?? 'API_TOKEN' }),
    {
      method: 'GET',
      path: '/sagas',
      guard: 'token',
      request: { query: LIST_QUERY },
      responses: { 200: SAGA_PAGE, ...errors(400, 501, 503) },
      handle: listSagas({ corridor, store, shown }),
    },
    ...bulkRoutes({ ...options, bulk: options.bulk, bodies, unnamedOperator: options.unnamedOperator ?? 'API_TOKEN' }),
    ...channelRoutes({
      ...options,
      channels: options.channels,
      bodies,
      unnamedOperator: options.unnamedOperator ?? 'API_TOKEN',
    }),
    {
      method: 'GET',
      path: '/machine-definition',
      guard: 'token',
      request: {},
      responses: { 200: CONFIGURATION_SHOWN },
      handle: (c) => c.json(shown.machine ?? null),
    },
    {
      method: 'GET',
      path: '/configuration',
      guard: 'token',
      request: {},
      responses: { 200: CONFIGURATION_SHOWN },
      handle: (c) => c.json(shown.configuration ?? null),
    },
    {
      method: 'GET',
      path: '/-/metrics',
      guard: 'token',
      request: {},
      responses: { 200: METRICS_TEXT, ...errors(503) },
      handle: async (c) => c.text(await metrics.text(), 200, { 'Content-Type': PROMETHEUS }),
    },
    ...probeRoutes(options),
    ...(options.pictures?.({ corridor, runtime: options.runtime }) ?? []),
  ]
  const page = options.console?.({
    store,
    bodies,
    runtime: options.runtime,
    checking: options.checking ?? NO_CHECKING,
    shown,
    canList: options.bulk !== undefined,
    mayWrite: options.mayWrite ?? always,
  })
  const all = page === undefined ? routes : [...routes, ...page]
  return documentation === undefined ? all : [...all, ...documentation(all)]
}

const NO_CHECKING: CheckingOptions = { ownStores: [], linearPatterns: new Set() }
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8'

function always(): boolean {
  return true
}
