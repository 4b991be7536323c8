// The library's index imports Node's process statistics; its own modules do not, so they run on the edge too.
import type * as library from 'prom-client'
import CounterPart from 'prom-client/lib/counter.js'
import GaugePart from 'prom-client/lib/gauge.js'
import RegistryPart from 'prom-client/lib/registry.js'
import type { Metrics } from '../../src/ports/metrics.ts'
import { RequestDurations } from './request-durations.ts'

// The modules have no types of their own, and Deno would infer some from their JavaScript: the types are those of the index.
const Counter = CounterPart as unknown as typeof library.Counter
const Gauge = GaugePart as unknown as typeof library.Gauge
const Registry = RegistryPart as unknown as typeof library.Registry

/** Adds metrics of the host to a registry: `processMetrics` where there is a process. */
export type HostMetrics = (registry: library.Registry) => void

/** Metrics of this process, on the edge of this isolate, as Prometheus text. */
export function prometheusMetrics(addOfHost?: HostMetrics): Metrics {
  const registry = new Registry()
  const tallies: Tally<readonly string[]>[] = []
  const counter = <const Names extends readonly string[]>(name: string, help: string, labelNames: Names) => {
    const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] })
    const tally = new Tally(labelNames, (labels, by) => counter.inc(labels, by))
    tallies.push(tally as unknown as Tally<readonly string[]>)
    return tally
  }

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
  const gauge = <const Name extends string>(name: string, help: string, label: Name) =>
    new Gauge({ name, help, labelNames: [label], registers: [registry] })
  const unknown = {
    channel: gauge('batuta_unknown_channel_commands', 'Commands owed to channels that are not configured', 'channel'),
    state: gauge('batuta_unknown_state_sagas', 'Sagas in states that are not configured', 'state'),
  }

  const requests = new RequestDurations()
  for (const metric of requests.metrics()) registry.registerMetric(metric as unknown as library.Metric)
  addOfHost?.(registry)

  return {
    request: (labels, seconds) => requests.observe(labels, seconds),
    entered: (state, label) => states.add(state, label),
    event: (outcome) => events.add(outcome),
    creation: (outcome) => creations.add(outcome),
    sent: (channel, kind, result) => sends.add(channel, kind, result),
    count: (what) => others.add(what),
    unknownReferences: (of, counts) => {
      unknown[of].reset()
      for (const [name, count] of counts) (unknown[of] as library.Gauge<string>).set({ [of]: name }, count)
    },
    text: () => {
      for (const tally of tallies) tally.flush()
      return registry.metrics()
    },
  }
}

const SEPARATOR = '\u0000'

/**
 * Counts by labels between two scrapes. The hot path counts several times for each event, and a map entry is cheaper than a
 * counter's labels; a scrape every few seconds moves the counts into the counter.
 */
class Tally<const Names extends readonly string[]> {
  readonly #names: Names
  readonly #flushTo: (labels: Record<Names[number], string>, by: number) => void
  readonly #counts = new Map<string, number>()

  constructor(names: Names, flushTo: (labels: Record<Names[number], string>, by: number) => void) {
    this.#names = names
    this.#flushTo = flushTo
  }

  add(...labels: { [N in keyof Names]: string }): void {
    const word = labels.length === 1 ? (labels[0] as string) : labels.join(SEPARATOR)
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1)
  }

  /** Adds the counts since the last flush to the counter. */
  flush(): void {
    for (const [word, count] of this.#counts) {
      const values = word.split(SEPARATOR)
      const labels = Object.fromEntries(this.#names.map((name, at) => [name, values[at] ?? '']))
      this.#flushTo(labels as Record<Names[number], string>, count)
    }
    this.#counts.clear()
  }
}
