import { kafkaChannel, kafkaSource } from '../../../adapters/channel/kafka/index.ts'
import { prometheusMetrics } from '../../../adapters/metrics/prometheus.ts'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { nodeRuntime } from '../../../adapters/runtime/node.ts'
import { LOG_CODES } from '../../../src/ports/log-codes.ts'
import type { LogCode } from '../../../src/ports/log-codes.ts'
import type { Fields, Log, LogLevel } from '../../../src/ports/runtime.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import { startService } from '../../../src/start.ts'
import type { Request } from '../../services/client.ts'
import type { SagaFile } from '../../services/reservation.ts'
import type { AskService } from './saga.ts'

export interface LoggedLine {
  readonly code: LogCode
  readonly level: Exclude<LogLevel, 'silent'>
  readonly fields: Fields
}

/** A whole service in this process, with a store that the test controls. */
export interface InProcessService {
  readonly ask: AskService
  readonly logged: readonly LoggedLine[]
  /** The error that ended it unexpectedly. */
  readonly failed: () => unknown
  stop(): Promise<void>
}

export interface InProcessOptions {
  readonly store?: Persistency
  /** Time-out of its channel: the shorter, the sooner another process may claim its commands (P12). */
  readonly timeout?: number
}

/** Starts a service that reads events. */
export async function startInProcess(file: SagaFile, options: InProcessOptions = {}): Promise<InProcessService> {
  const { store = memoryPersistency(), timeout } = options
  const logged: LoggedLine[] = []
  let failed: unknown
  const { app, run, stop } = await startService({
    variables: { CONFIGURATION: JSON.stringify({ ...file, persistencyManagement: { type: 'memory' } }) },
    runtime: () => ({ ...nodeRuntime('silent'), log: logInto(logged) }),
    metrics: prometheusMetrics(),
    channels: {
      kafka: async (configuration, runtime) => {
        const channel = await kafkaChannel(configuration, runtime)
        return channel && { ...channel, timeout: timeout ?? channel.timeout }
      },
    },
    sources: { kafka: kafkaSource },
    persistencies: { memory: () => store },
    embedded: { type: 'memory', configurations: {} },
  })
  run().catch((thrown: unknown) => (failed = thrown))
  return {
    ask: (path, request) => exchange((url, init) => app.request(url, init), path, request),
    logged,
    failed: () => failed,
    stop: () => stop(15_000),
  }
}

export function logInto(lines: LoggedLine[]): Log {
  return {
    write: (code, fields = {}, level = LOG_CODES[code].level) => void lines.push({ level, code, fields }),
    writes: () => false,
  }
}

type FetchDoor = (url: string, init: RequestInit) => Response | Promise<Response>

async function exchange(
  door: FetchDoor,
  path: string,
  { method, headers = {}, body }: Request = {},
): ReturnType<AskService> {
  const answer = await door(path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  const json = answer.headers.get('content-type')?.includes('json') === true ? (JSON.parse(text) as unknown) : undefined
  return { status: answer.status, headers: answer.headers, text, json }
}
