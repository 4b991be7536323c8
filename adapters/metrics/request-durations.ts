import type { MetricObjectWithValues, MetricValue } from 'prom-client'
import type { RequestLabels } from '../../src/ports/metrics.ts'
import { DurationCounts } from './duration-counts.ts'
import type { ReadableMetric } from './duration-histogram.ts'

const HISTOGRAM = 'http_request_duration_seconds'
const SUMMARY = 'http_request_summary_seconds'
const QUANTILES = [0.5, 0.9, 0.95, 0.99]

interface RouteDurations {
  readonly labels: Readonly<Record<string, string | number>>
  readonly counts: DurationCounts
}

/**
 * Durations of requests by method, route and status, as a histogram and as a summary (C7). prom-client's own observe a value in
 * microseconds and keep it in a tree; here a request costs one map entry and three additions, and both metrics are made of the
 * same counts when they are read.
 */
export class RequestDurations {
  readonly #routes = new Map<string, RouteDurations>()

  observe({ method, route, status }: RequestLabels, seconds: number): void {
    const key = `${method} ${status} ${route}`
    const known = this.#routes.get(key)
    if (known !== undefined) return known.counts.add(seconds)
    const counts = new DurationCounts()
    counts.add(seconds)
    this.#routes.set(key, { labels: { method, route, status_code: status }, counts })
  }

  /** The two metrics, for a registry. */
  metrics(): readonly ReadableMetric[] {
    return [
      metric(HISTOGRAM, 'histogram', () => this.#values(histogramValues)),
      metric(SUMMARY, 'summary', () => this.#values(summaryValues)),
    ]
  }

  #values(valuesOf: (durations: RouteDurations) => readonly MetricValue<string>[]): MetricValue<string>[] {
    return [...this.#routes.values()].flatMap(valuesOf)
  }
}

function metric(name: string, type: 'histogram' | 'summary', values: () => MetricValue<string>[]): ReadableMetric {
  const help = `Seconds from a request to its answer, by method, route and status (${type})`
  // The library's types have a number for the type of a metric, and its registry writes it as it is.
  const head = { name, help, type, aggregator: 'sum' } as unknown as MetricObjectWithValues<MetricValue<string>>
  return { name, get: async () => ({ ...head, values: values() }) }
}

type NamedValue = MetricValue<string> & { readonly metricName: string }

function histogramValues({ labels, counts }: RouteDurations): readonly NamedValue[] {
  const buckets = counts.buckets().map(({ most, count }) => {
    const le = Number.isFinite(most) ? most : '+Inf'
    return { metricName: `${HISTOGRAM}_bucket`, labels: { le, ...labels }, value: count }
  })
  return [...buckets, ...totals(HISTOGRAM, { labels, counts })]
}

function summaryValues({ labels, counts }: RouteDurations): readonly NamedValue[] {
  const quantiles = QUANTILES.map((quantile) => {
    return { metricName: SUMMARY, labels: { quantile, ...labels }, value: counts.quantile(quantile) }
  })
  return [...quantiles, ...totals(SUMMARY, { labels, counts })]
}

function totals(name: string, { labels, counts }: RouteDurations): readonly NamedValue[] {
  return [
    { metricName: `${name}_sum`, labels, value: counts.sum },
    { metricName: `${name}_count`, labels, value: counts.count },
  ]
}
