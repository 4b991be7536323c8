import { expect, test } from 'vitest'
import { prometheusMetrics } from '../../adapters/metrics/prometheus.ts'
import { processMetrics } from '../../adapters/process-metrics.ts'
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
