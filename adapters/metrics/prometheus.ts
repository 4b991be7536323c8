// The library's index pulls in Node's process statistics; its two parts that we use do not, so they run on the edge too.
import Counter from 'prom-client/lib/counter.js'
import Registry from 'prom-client/lib/registry.js'
import type { Metrics } from '../../src/ports/metrics.ts'

/** Counters in Prometheus' own format, of this process (on the edge: of this isolate). */
export function prometheusMetrics(): Metrics {
  const registry = new Registry()
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] })

  const states = counter('flow_manager_saga_states_total', 'Passages of sagas through each state', [
    'state',
    'incoming_message_label',
  ])
  const events = counter('batuta_events_total', 'Events by outcome', ['outcome'])
  const creations = counter('batuta_creations_total', 'Creations by outcome', ['outcome'])
  const sends = counter('batuta_sends_total', 'Sends of commands and side effects by result', [
    'channel',
    'kind',
    'result',
  ])
  const others = counter('batuta_internal_total', 'What happened on the way', ['what'])

  return {
    entered: (state, label) => states.inc({ state, incoming_message_label: label }),
    event: (outcome) => events.inc({ outcome }),
    creation: (outcome) => creations.inc({ outcome }),
    sent: (channel, kind, result) => sends.inc({ channel, kind, result }),
    count: (what) => others.inc({ what }),
    text: () => registry.metrics(),
  }
}
