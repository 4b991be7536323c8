import type { MetricObjectWithValues, MetricValue } from 'prom-client'

/** A metric as a registry of prom-client reads it. */
export interface ReadableMetric {
  readonly name: string
  get(): Promise<MetricObjectWithValues<MetricValue<string>>>
}

/** The name, the help and the labels of a histogram, and its upper bounds in seconds. */
export interface HistogramSettings {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly buckets: readonly number[]
}

interface Series {
  readonly labels: Readonly<Record<string, string>>
  /** Not cumulative; the last one is of durations above every bound. Counts of 32 bits would begin again within weeks. */
  readonly counts: Float64Array
  sum: number
}

const SEPARATOR = '\u0000'

/**
 * A histogram of durations by labels. prom-client's own sorts the labels of each value; here a duration costs one map entry and two
 * additions, and the metric is made when it is read.
 */
export class DurationHistogram implements ReadableMetric {
  readonly name: string
  readonly #settings: HistogramSettings
  readonly #series = new Map<string, Series>()

  constructor(settings: HistogramSettings) {
    this.name = settings.name
    this.#settings = settings
  }

  /** Makes the series of these labels, at zero. */
  prepare(...values: readonly string[]): void {
    this.#seriesOf(values)
  }

  /** `values` are in the order of the labels. */
  observe(seconds: number, ...values: readonly string[]): void {
    const series = this.#seriesOf(values)
    const { buckets } = this.#settings
    let bucket = 0
    while (bucket < buckets.length && seconds > (buckets[bucket] as number)) bucket++
    series.counts[bucket]!++
    series.sum += seconds
  }

  get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    const { name, help } = this.#settings
    const values = [...this.#series.values()].flatMap((series) => this.#valuesOf(series))
    // The library's types have a number for the type of a metric, and its registry writes it as it is.
    const metric = { name, help, type: 'histogram', aggregator: 'sum', values }
    return Promise.resolve(metric as unknown as MetricObjectWithValues<MetricValue<string>>)
  }

  #seriesOf(values: readonly string[]): Series {
    const key = values.length === 1 ? (values[0] as string) : values.join(SEPARATOR)
    const known = this.#series.get(key)
    if (known !== undefined) return known
    const { labels, buckets } = this.#settings
    const series: Series = {
      labels: Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ''])),
      counts: new Float64Array(buckets.length + 1),
      sum: 0,
    }
    this.#series.set(key, series)
    return series
  }

  #valuesOf({ labels, counts, sum }: Series): readonly (MetricValue<string> & { readonly metricName: string })[] {
    const { name, buckets } = this.#settings
    let count = 0
    const bucketed = [...counts].map((more, at) => {
      const le = buckets[at] ?? '+Inf'
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: (count += more) }
    })
    return [
      ...bucketed,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
  }
}
