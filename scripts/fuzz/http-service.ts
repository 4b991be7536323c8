import { readFile } from 'node:fs/promises'
import { prometheusMetrics } from '../../adapters/metrics/prometheus.ts'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { webRuntime } from '../../adapters/runtime/web.ts'
import type { Channel } from '../../src/ports/channel.ts'
import type { Log } from '../../src/ports/runtime.ts'
import { startService } from '../../src/start.ts'
import type { FuzzedService } from '../../testing/fuzz/http.ts'

const FILE = new URL('../../examples/reservation/saga.json', import.meta.url)
const LABELS = ['validationOK', 'validationKO', 'checkOK', 'checkKO', '__created__', 'toString']

/** The whole service over a store in memory. Its participants accept every command and emit no event. */
export async function openFuzzedService(): Promise<FuzzedService> {
  const CONFIGURATION = await readFile(FILE, 'utf8')
  const failures: string[] = []
  const { app, stop } = await startService({
    variables: { CONFIGURATION, BODY_LIMIT: '64kib', BODIES_LIMIT: '256kib', LOG_LEVEL: 'error' },
    runtime: () => webRuntime('fuzz', logOf(failures)),
    metrics: prometheusMetrics(),
    channels: { rest: ({ id }) => silentChannel(id) },
    persistencies: { memory: () => memoryPersistency() },
    embedded: { type: 'memory', configurations: {} },
  })
  return {
    fetch: (request) => app.fetch(request),
    labels: LABELS,
    failed: () => failures.splice(0),
    close: () => stop(1_000),
  }
}

function silentChannel(id: string): Channel {
  return {
    id,
    timeout: 1_000,
    send: async () => ({ kind: 'delivered' }),
    probe: async () => ({ ok: true }),
    close: async () => undefined,
  }
}

/** Collects failed requests alone: unexpected and refused events are inputs like any other (C4.3). */
function logOf(failures: string[]): Log {
  return {
    writes: () => false,
    write(code, fields) {
      if (code === 'request.failed') failures.push(`logged ${code}: ${JSON.stringify(fields)}`)
    },
  }
}
