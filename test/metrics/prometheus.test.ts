import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { prometheusMetrics } from '../../adapters/metrics/prometheus.ts'
import { processMetrics } from '../../adapters/process-metrics.ts'
import { answerClass, EVENT_OUTCOMES, SEND_RESULTS } from '../../src/ports/metric-labels.ts'
import { METRICS } from '../../src/ports/metric-table.ts'
import type { MetricName } from '../../src/ports/metric-table.ts'
import type { KnownLabels, Metrics } from '../../src/ports/metrics.ts'
import { parseExposition } from './exposition.ts'
import type { Sample } from './exposition.ts'

test('C7 I9 what the configuration lacks is a gauge of what there is now', async () => {
  const metrics = prometheusMetrics()
  metrics.unknownReferences('channel', new Map([['gone', 3]]))
  metrics.unknownReferences('state', new Map([['once', 2]]))
  const text = await metrics.text()
  expect(text).toContain('batuta_unknown_channel_commands{channel="gone"} 3')
  expect(text).toContain('batuta_unknown_state_sagas{state="once"} 2')
  metrics.unknownReferences('channel', new Map())
  expect(await metrics.text()).not.toContain('gone')
})

test('C7 passages, requests and the process are in the text format, labels escaped', async () => {
  const metrics = prometheusMetrics(processMetrics)
  metrics.entered('a "state"\nof \\ two lines', 'paid')
  for (const seconds of [0.002, 0.004, 0.4]) metrics.request({ method: 'POST', route: '/event', status: 200 }, seconds)
  metrics.request({ method: 'GET', route: '/sagas/:sagaId', status: 404 }, 0.001)
  const families = new Map(parseExposition(await metrics.text()).map((family) => [family.name, family]))
  const samples = (name: string): readonly Sample[] => families.get(name)?.samples ?? []

  expect(samples('flow_manager_saga_states_total')).toEqual([
    {
      name: 'flow_manager_saga_states_total',
      labels: { state: String.raw`a \"state\"\nof \\ two lines`, incoming_message_label: 'paid' },
      value: 1,
    },
  ])
  const labels = { method: 'POST', route: '/event', status_code: '200' }
  const posted = samples('http_request_duration_seconds').filter(({ labels: { route } }) => route === '/event')
  expect(families.get('http_request_duration_seconds')?.type).toBe('histogram')
  expect(posted.filter(({ name }) => name.endsWith('_bucket')).map(({ labels: { le }, value }) => [le, value])).toEqual(
    [
      ...['0.005', '0.01', '0.025', '0.05', '0.1', '0.25'].map((le) => [le, 2]),
      ...['0.5', '1', '3', '5', '10', '+Inf'].map((le) => [le, 3]),
    ],
  )
  expect(posted).toContainEqual({ name: 'http_request_duration_seconds_count', labels, value: 3 })
  expect(families.get('http_request_summary_seconds')?.type).toBe('summary')
  const median = samples('http_request_summary_seconds').find(
    ({ labels: { route, quantile } }) => route === '/event' && quantile === '0.5',
  )
  expect(median?.value).toBeGreaterThanOrEqual(0.004)
  expect(median?.value).toBeLessThan(0.0044)

  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_start_time_seconds',
    'nodejs_heap_size_used_bytes',
    'nodejs_version_info',
    'nodejs_eventloop_lag_seconds',
  ])
    expect(samples(name), name).not.toEqual([])
})

test('C7 without a process there are no metrics of one', async () => {
  expect(await prometheusMetrics().text()).not.toMatch(/^(?:process|nodejs)_/m)
})

const KNOWN: KnownLabels = {
  openStates: ['paying', 'paid'],
  passages: [
    ['paying', '__created__'],
    ['paid', 'pay ok'],
  ],
  channels: ['bank'],
  topics: [['bank', 'payments']],
  build: { version: '1.2.3', runtime: 'node', store: 'sqlite' },
}

/** The samples of a text by family. */
async function samplesOf(metrics: Metrics): Promise<ReadonlyMap<string, readonly Sample[]>> {
  return new Map(parseExposition(await metrics.text()).map(({ name, samples }) => [name, samples]))
}

test('C7 every metric has its series at zero before anything happened', async () => {
  const metrics = prometheusMetrics()
  metrics.prepare(KNOWN)
  const samples = await samplesOf(metrics)
  const later = new Set(Object.keys(METRICS).filter((name) => /^http_|^batuta_unknown_/.test(name)))
  expect([...samples.keys()].toSorted()).toEqual(Object.keys(METRICS).toSorted())
  for (const [name, of] of samples) {
    expect(of.length > 0, name).toBe(!later.has(name))
    if (name !== 'batuta_build_info')
      expect(new Set(of.map(({ value }) => value)), name).toEqual(later.has(name) ? new Set() : new Set([0]))
  }
  expect(samples.get('flow_manager_saga_states_total')?.map(({ labels }) => labels)).toEqual([
    { state: 'paying', incoming_message_label: '__created__' },
    { state: 'paid', incoming_message_label: 'pay ok' },
  ])
  expect(samples.get('batuta_sends_total')).toHaveLength(2 * SEND_RESULTS.length)
  expect(samples.get('batuta_events_total')?.map(({ labels }) => labels['outcome'])).toEqual(EVENT_OUTCOMES)
  expect(samples.get('batuta_build_info')).toEqual([{ name: 'batuta_build_info', labels: KNOWN.build, value: 1 }])
})

test('C7 labels are those of the table, and prepared series keep their counts', async () => {
  const metrics = prometheusMetrics()
  metrics.prepare(KNOWN)
  metrics.event('moved')
  metrics.retried('bank', '5xx')
  metrics.lag('bank', 'payments', 7)
  metrics.progressAge('bank', 4.5)
  metrics.prepare(KNOWN)
  const samples = await samplesOf(metrics)
  const value = (name: string, wanted: Readonly<Record<string, string>>) =>
    samples.get(name)?.find(({ labels }) => Object.entries(wanted).every(([label, is]) => labels[label] === is))?.value
  expect(value('batuta_events_total', { outcome: 'moved' })).toBe(1)
  expect(value('batuta_retries_total', { channel: 'bank', status: '5xx' })).toBe(1)
  expect(value('batuta_group_lag', { channel: 'bank', topic: 'payments' })).toBe(7)
  expect(value('batuta_group_progress_age_seconds', { channel: 'bank' })).toBe(4.5)
  for (const [name, of] of samples) {
    const names = new Set([...Object.keys(METRICS[name as MetricName].labels), 'le'])
    for (const { labels } of of)
      expect(
        Object.keys(labels).filter((label) => !names.has(label)),
        name,
      ).toEqual([])
  }
})

test('C7 durations of steps, saves and sends are in their buckets', async () => {
  const metrics = prometheusMetrics()
  metrics.prepare(KNOWN)
  metrics.step('event', 0.003)
  metrics.saved('saved', 0.0004)
  metrics.saved('saved', 99)
  metrics.sent({ channel: 'bank', kind: 'command', result: 'delivered' }, 45)
  const samples = await samplesOf(metrics)
  const counted = (name: string, labels: Readonly<Record<string, string>>) => {
    const of = samples.get(name)?.find((sample) => isDeepStrictEqual({ ...sample.labels }, labels))
    return of?.value
  }
  const sent = { channel: 'bank', result: 'delivered' }
  expect(counted('batuta_step_duration_seconds', { le: '0.0025', kind: 'event' })).toBe(0)
  expect(counted('batuta_step_duration_seconds', { le: '0.005', kind: 'event' })).toBe(1)
  expect(counted('batuta_save_duration_seconds', { le: '0.0005', result: 'saved' })).toBe(1)
  expect(counted('batuta_save_duration_seconds', { le: '10', result: 'saved' })).toBe(1)
  expect(counted('batuta_save_duration_seconds', { le: '+Inf', result: 'saved' })).toBe(2)
  expect(counted('batuta_send_duration_seconds', { le: '30', ...sent })).toBe(0)
  expect(counted('batuta_send_duration_seconds', { le: '60', ...sent })).toBe(1)
  expect(counted('batuta_internal_total', { what: 'save-saved' })).toBe(2)
})

test('C7 queues are read for each text, so that nothing is counted twice', async () => {
  const metrics = prometheusMetrics()
  metrics.prepare(KNOWN)
  let waiting = 3
  metrics.readChannels(() => [
    { channel: 'bank', waiting, bytes: 9, underWay: 2, circuit: 'half-open', isPaused: false },
  ])
  const read = async () => (await samplesOf(metrics)).get('batuta_queued_commands')?.map(({ value }) => value)
  expect(await read()).toEqual([3])
  waiting = 0
  expect(await read()).toEqual([0])
  const circuit = (await samplesOf(metrics)).get('batuta_circuit_state') ?? []
  expect(circuit.map(({ labels, value }) => `${labels['state']} ${value}`)).toEqual([
    'closed 0',
    'half-open 1',
    'open 0',
  ])
})

test('C7 statuses are counted by class', () => {
  const classes = [301, 404, 503, 101, 42, 0, undefined].map(answerClass)
  expect(classes).toEqual(['3xx', '4xx', '5xx', '1xx', 'other', 'other', 'none'])
})
