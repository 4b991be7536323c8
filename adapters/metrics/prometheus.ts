// The library's index imports Node's process statistics; its own modules do not, so they run on the edge too.
import type * as library from 'prom-client'
import CounterPart from 'prom-client/lib/counter.js'
import GaugePart from 'prom-client/lib/gauge.js'
import RegistryPart from 'prom-client/lib/registry.js'
import { CIRCUIT_STATES } from '../../src/ports/metric-labels.ts'
import { METRICS, OF_CHANNELS } from '../../src/ports/metric-table.ts'
import type { MetricName, MetricRow } from '../../src/ports/metric-table.ts'
import type { ChannelReading, KnownLabels, Metrics, RequestsReading } from '../../src/ports/metrics.ts'
import { DurationHistogram } from './duration-histogram.ts'
import type { ReadableMetric } from './duration-histogram.ts'
import { RequestDurations } from './request-durations.ts'
import { Tally } from './tally.ts'

// The modules have no types of their own, and Deno would infer some from their JavaScript: the types are those of the index.
const Counter = CounterPart as unknown as typeof library.Counter
const Gauge = GaugePart as unknown as typeof library.Gauge
const Registry = RegistryPart as unknown as typeof library.Registry

/** Adds metrics of the host to a registry: `processMetrics` where there is a process. */
export type HostMetrics = (registry: library.Registry) => void

/** Metrics of this process, on the edge of this isolate, as Prometheus text. */
export function prometheusMetrics(addOfHost?: HostMetrics): Metrics {
  const made = new TableMetrics()
  const states = made.counter('flow_manager_saga_states_total')
  const events = made.counter('batuta_events_total')
  const creations = made.counter('batuta_creations_total')
  const sends = made.counter('batuta_sends_total')
  const retries = made.counter('batuta_retries_total')
  const refusals = made.counter('batuta_refused_requests_total')
  const givenUp = made.counter('batuta_given_up_total')
  const others = made.counter('batuta_internal_total')
  const steps = made.histogram('batuta_step_duration_seconds')
  const saves = made.histogram('batuta_save_duration_seconds')
  const sendings = made.histogram('batuta_send_duration_seconds')
  const channels = channelGauges(made)
  const stored = storeGauges(made)
  const waiting = made.gauge('batuta_waiting_requests')
  const watchers = made.gauge('batuta_watchers')
  const due = made.gauge('batuta_due_timers')
  const inProgress = made.gauge('batuta_requests_in_progress')
  const oldest = made.gauge('batuta_oldest_request_seconds')
  const lag = made.gauge('batuta_group_lag')
  const progressAge = made.gauge('batuta_group_progress_age_seconds')
  const bulkItems = made.counter('batuta_bulk_items_total')
  const openOperations = made.gauge('batuta_open_operations')
  const build = made.gauge('batuta_build_info')
  const unknown = {
    channel: made.gauge('batuta_unknown_channel_commands'),
    state: made.gauge('batuta_unknown_state_sagas'),
  }
  const requests = new RequestDurations()
  for (const metric of requests.metrics()) made.register(metric)
  addOfHost?.(made.registry)
  let readChannels = (): readonly ChannelReading[] => []
  let readRequests = (): RequestsReading => ({ inProgress: 0, oldest: 0 })

  return {
    prepare(known) {
      made.prepare(known)
      for (const [state, label] of known.passages) states.prepare(state, label)
      for (const state of [...known.openStates, 'other']) stored.open.inc({ state }, 0)
      for (const [channel, topic] of known.topics) lag.inc({ channel, topic }, 0)
      build.reset()
      build.set(known.build, 1)
    },
    request: (labels, seconds) => requests.observe(labels, seconds),
    entered: (state, label) => states.add(state, label),
    event: (outcome) => events.add(outcome),
    creation: (outcome) => creations.add(outcome),
    step: (kind, seconds) => steps.observe(seconds, kind),
    saved(result, seconds) {
      others.add(`save-${result}`)
      saves.observe(seconds, result)
    },
    sent({ channel, kind, result }, seconds) {
      sends.add(channel, kind, result)
      sendings.observe(seconds, channel, result)
    },
    retried: (channel, status) => retries.add(channel, status),
    gaveUp: (channel, status) => givenUp.add(channel, status),
    count: (what) => others.add(what),
    readChannels: (read) => void (readChannels = read),
    refused: (reason) => refusals.add(reason),
    readRequests: (read) => void (readRequests = read),
    lag: (channel, topic, records) => lag.set({ channel, topic }, records),
    progressAge: (channel, seconds) => progressAge.set({ channel }, seconds),
    waiting: (requests) => waiting.set(requests),
    watching: (of, change) => watchers.inc({ of }, change),
    dueTimers: (count) => due.set(count),
    stored: stored.set,
    bulkItem: (outcome) => bulkItems.add(outcome),
    openOperations: (count) => openOperations.set(count),
    unknownReferences: (of, counts) => {
      unknown[of].reset()
      for (const [name, count] of counts) unknown[of].set({ [of]: name }, count)
    },
    text() {
      for (const reading of readChannels()) channels(reading)
      const requestsNow = readRequests()
      inProgress.set(requestsNow.inProgress)
      oldest.set(requestsNow.oldest / 1_000)
      return made.text()
    },
  }
}

/** The gauges of the store, and a function that sets them. */
function storeGauges(made: TableMetrics): { readonly open: library.Gauge; readonly set: Metrics['stored'] } {
  const open = made.gauge('batuta_open_sagas')
  const owing = made.gauge('batuta_owing_sagas')
  const oldest = made.gauge('batuta_oldest_debt_seconds')
  const dead = made.gauge('batuta_dead_letter_sagas')
  const parked = made.gauge('batuta_parked_sagas')
  const timers = made.gauge('batuta_timer_sagas')
  const held = made.gauge('batuta_held_sagas')
  const counted = made.gauge('batuta_counted_timestamp_seconds')
  const set: Metrics['stored'] = ({ states, at, ...counts }) => {
    open.reset() // a final state has a series only while sagas of an older machine are in it
    for (const [state, count] of states) open.set({ state }, count)
    owing.set(counts.owing)
    oldest.set(counts.oldestDebt)
    dead.set(counts.deadLetters)
    parked.set(counts.parked)
    timers.set(counts.timers)
    held.set(counts.held)
    counted.set(at / 1_000)
  }
  return { open, set }
}

/** Sets the gauges of a channel. */
function channelGauges(made: TableMetrics): (reading: ChannelReading) => void {
  const waiting = made.gauge('batuta_queued_commands')
  const bytes = made.gauge('batuta_queued_bytes')
  const underWay = made.gauge('batuta_sends_under_way')
  const circuit = made.gauge('batuta_circuit_state')
  const paused = made.gauge('batuta_channel_paused')
  return ({ channel, ...reading }) => {
    waiting.set({ channel }, reading.waiting)
    bytes.set({ channel }, reading.bytes)
    underWay.set({ channel }, reading.underWay)
    for (const state of CIRCUIT_STATES) circuit.set({ channel, state }, state === reading.circuit ? 1 : 0)
    paused.set({ channel }, reading.isPaused ? 1 : 0)
  }
}

/** Makes metrics of the rows of `METRICS`, and their series of labels that are known at the start. */
class TableMetrics {
  readonly registry = new Registry()
  readonly #tallies: Tally[] = []
  /** Of each metric with labels of fixed values, or of channels: makes one of its series. */
  readonly #prepared: { readonly row: MetricRow; readonly prepare: (...values: string[]) => void }[] = []

  counter(name: MetricName): Tally {
    const row = METRICS[name]
    const labelNames = Object.keys(row.labels)
    const counter = new Counter({ name, help: row.help, labelNames, registers: [this.registry] })
    const tally = new Tally(labelNames, (labels, by) => counter.inc(labels, by))
    this.#tallies.push(tally)
    return this.#add(row, tally)
  }

  gauge(name: MetricName): library.Gauge {
    const row = METRICS[name]
    const labelNames = Object.keys(row.labels)
    const gauge = new Gauge({ name, help: row.help, labelNames, registers: [this.registry] })
    const prepare = (...values: string[]) =>
      gauge.inc(Object.fromEntries(labelNames.map((label, at) => [label, values[at] ?? ''])), 0)
    this.#add(row, { prepare })
    return gauge
  }

  histogram(name: MetricName): DurationHistogram {
    const row = METRICS[name]
    const { help, labels, buckets = [] } = row
    const histogram = new DurationHistogram({ name, help, labels: Object.keys(labels), buckets })
    this.register(histogram)
    return this.#add(row, histogram)
  }

  register(metric: ReadableMetric): void {
    this.registry.registerMetric(metric as unknown as library.Metric)
  }

  prepare({ channels }: KnownLabels): void {
    for (const { row, prepare } of this.#prepared) for (const values of seriesOf(row, channels)) prepare(...values)
  }

  text(): Promise<string> {
    for (const tally of this.#tallies) tally.flush()
    return this.registry.metrics()
  }

  /** Fixed values are known now, those of channels when saga.json was read. */
  #add<M extends { prepare(...values: string[]): void }>(row: MetricRow, metric: M): M {
    const prepare = (...values: string[]) => metric.prepare(...values)
    for (const values of seriesOf(row, [])) prepare(...values)
    this.#prepared.push({ row, prepare })
    return metric
  }
}

/** The values of labels of each series of a metric; none where other labels have no fixed values. */
function seriesOf({ labels }: MetricRow, channels: readonly string[]): readonly string[][] {
  let series: string[][] = [[]]
  for (const fixed of Object.values(labels)) {
    const values = fixed === OF_CHANNELS ? channels : typeof fixed === 'string' ? [] : fixed
    series = series.flatMap((begun) => values.map((value) => [...begun, value]))
  }
  return series
}
