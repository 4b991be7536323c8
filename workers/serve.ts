import process from 'node:process'
import type { Hono } from 'hono'
import { reasonOf } from '../src/errors.ts'
import { startService } from '../src/start.ts'
import type { Host } from '../src/service.ts'
import type { Service } from '../src/start.ts'
import { resolveHost, describeAddress, warnIfPublic } from './listen-address.ts'
import type { ListenAddress } from './listen-address.ts'
import { listenError } from './listen-error.ts'

/** A host's HTTP server: where it listens, and how it stops taking requests and ends those it has. */
export interface Listener extends ListenAddress {
  close(): Promise<void>
}

export interface ListenOptions {
  /** Absent: all interfaces. */
  readonly host: string | undefined
  /** 0: any port that is free. */
  readonly port: number
  /** Milliseconds that a connection is kept on which nothing is asked; 0: for ever. */
  readonly keepAlive: number
}

/** Starts a host's HTTP server for the app. */
export type Listen = (app: Hono, door: ListenOptions) => Listener | Promise<Listener>

/** What a worker is composed of. */
export interface Worker {
  readonly host: Host
  readonly listen: Listen
}

/**
 * The life of a service in a process of its own, the same on Node, Deno and Bun: start or say why not (exit code 1, C1.2),
 * serve, and at SIGTERM or SIGINT end what is under way. `compose` may reject: then the process ends with that reason.
 */
export async function serve(compose: () => Worker | Promise<Worker>): Promise<void> {
  // Until it has started nothing was taken in, so there is nothing to end. Process 1 would not even be ended by default.
  let stop = async (): Promise<void> => undefined
  const leave = once(() => stop().then(() => process.exit(0)))
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => void leave().catch((thrown) => fail('stop', thrown)))
  try {
    const { host, listen } = await compose()
    const service = await startService(host)
    const listener = await listenOn(service, listen)
    stop = () => end(service, listener)
    const { log, name } = service.runtime
    warnIfPublic(log, listener, service.environment)
    log.write('service.listening', { ...describeAddress(listener), runtime: name })
    await service.run().catch((thrown) => fail('go on', thrown))
  } catch (thrown) {
    fail('start', thrown)
  }
}

async function listenOn({ app, environment }: Service, listen: Listen): Promise<Listener> {
  const { httpHost, httpPort, keepAliveTimeout } = environment
  try {
    const host = await resolveHost(httpHost)
    return await listen(app, { host, port: httpPort, keepAlive: keepAliveTimeout })
  } catch (thrown) {
    throw listenError(httpHost, httpPort, thrown)
  }
}

function fail(action: 'start' | 'go on' | 'stop', thrown: unknown): never {
  process.stderr.write(`batuta could not ${action}: ${reasonOf(thrown)}\n`)
  process.exit(1)
}

/** Requests and events first, then sends and settlements; all together have `SHUTDOWN_TIMEOUT`. */
async function end({ runtime, environment, stop }: Service, listener: Listener): Promise<void> {
  runtime.log.write('service.stopping')
  await stop(environment.shutdownTimeout, listener.close())
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}
