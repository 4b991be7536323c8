import { startService } from 'batuta'
import type { Host, Service } from 'batuta'
import { restChannel } from 'batuta/channel/rest'
import { prometheusMetrics } from 'batuta/metrics/prometheus'
import { consoleLog, webRuntime } from 'batuta/runtime/web'
import { mapStore } from './map-store.ts'
import saga from './saga.json' with { type: 'json' }

/** A service composed in code: a saga.json, a runtime, an HTTP channel, and a store of a type of its own. */
export function startReservations(variables: Host['variables']): Promise<Service> {
  return startService({
    variables: { CONFIGURATION: JSON.stringify({ ...saga, persistencyManagement: { type: 'map' } }), ...variables },
    runtime: (level) =>
      webRuntime(
        'embedded',
        consoleLog(level, (line) => console.log(line)),
      ),
    metrics: prometheusMetrics(),
    channels: { rest: (configuration, { fetch }) => restChannel(configuration, fetch) },
    persistencies: { map: () => mapStore() },
    embedded: { type: 'map', configurations: {} },
  })
}
