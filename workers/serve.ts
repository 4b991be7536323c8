import process from 'node:process'
import type { Hono } from 'hono'
import { DEFAULTS } from '../src/defaults.ts'
import { reasonOf } from '../src/errors.ts'
import { startService } from '../src/start.ts'
import type { Host } from '../src/service.ts'
import type { Service } from '../src/start.ts'
import { endService } from './end-service.ts'
import type { ClosableListener } from './end-service.ts'
import { resolveHost, describeAddress, warnIfPublic } from './listen-address.ts'
import type { ListenAddress } from './listen-address.ts'
import { listenError } from './listen-error.ts'
import { RefusalReport } from './refusal-report.ts'
import type { ConnectionLimit } from './refusal-report.ts'

/** A running HTTP server. */
export interface HttpListener extends ListenAddress, ClosableListener {}

/** Where and how a server listens. */
export interface ListenOptions {
  /** Absent: all interfaces. */
  readonly host: string | undefined
  /** 0: any port that is free. */
  readonly port: number
  /** Milliseconds that an idle connection is kept; 0: for ever. */
  readonly keepAlive: number
  /** Absent: no bound of the server's own. Bun and Deno Deploy have none. */
  readonly connections?: ConnectionLimit | undefined
  /** Told of requests that the server refuses itself. Absent: they are refused unseen. */
  readonly refusals?: RefusalReport | undefined
}

/** Starts a host's HTTP server for the app. */
export type Listen = (app: Hono, options: ListenOptions) => HttpListener | Promise<HttpListener>

/** The parts of a worker: its host, and its HTTP server. */
export interface Worker {
  readonly host: Host
  readonly listen: Listen
}

/**
 * Runs a service in a process, on Node, Deno and Bun: starts it, or prints why not and exits with 1 (C1.2); serves; at SIGTERM goes
 * on serving for a while (C7), then, or at SIGINT at once, lets requests under way end and exits with 0. `compose` may reject:
 * then the process ends with that reason.
 */
export async function serve(compose: () => Worker | Promise<Worker>): Promise<void> {
  // Before the start there is nothing to end. A handler is set even so: a signal without one does not end process 1.
  let stop = async (): Promise<void> => undefined
  const hurry = new AbortController()
  const leave = once(() => stop().then(() => process.exit(0)))
  const onSignal = () => void leave().catch((thrown) => fail('stop', thrown))
  // A second SIGTERM changes nothing: npm and systemd may send one each.
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', () => {
    hurry.abort()
    onSignal()
  })
  try {
    const worker = await compose()
    const service = await startService(worker.host)
    const listener = await listenOn(service, worker)
    stop = () => endService(service, listener, hurry.signal)
    const { log, name } = service.runtime
    warnIfPublic(log, listener, service.environment)
    log.write('service.listening', { ...describeAddress(listener), runtime: name })
    await service.run().catch((thrown) => fail('go on', thrown))
  } catch (thrown) {
    fail('start', thrown)
  }
}

async function listenOn(
  { app, environment, runtime }: Service,
  { host: { metrics }, listen }: Worker,
): Promise<HttpListener> {
  const { httpHost, httpPort, keepAliveTimeout, logLevel } = environment
  try {
    const host = await resolveHost(httpHost)
    const refusals = new RefusalReport({ runtime, metrics, logLevel })
    const connections = refusals.connections(DEFAULTS.connections)
    return await listen(app, { host, port: httpPort, keepAlive: keepAliveTimeout, connections, refusals })
  } catch (thrown) {
    throw listenError(httpHost, httpPort, thrown)
  }
}

function fail(action: 'start' | 'go on' | 'stop', thrown: unknown): never {
  process.stderr.write(`batuta could not ${action}: ${reasonOf(thrown)}\n`)
  process.exit(1)
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}
