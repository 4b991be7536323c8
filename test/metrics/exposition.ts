/** A line of a metric: name, labels and value. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric family of Prometheus' text format 0.0.4. */
export interface MetricFamily {
  readonly name: string
  readonly type: string
  readonly samples: readonly Sample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = String.raw`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"`
const LINE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? ([^ ]+)$`)
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
}

/** Parses the text format as a scraper does. Throws at the first line that the format does not allow. */
export function parseExposition(text: string): readonly MetricFamily[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, MetricFamily & { samples: Sample[] }>()
  const seen = new Set<string>()
  let current: (MetricFamily & { samples: Sample[] }) | undefined
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue
    const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? []
    if (name !== undefined && type !== undefined) {
      if (families.has(name)) throw new Error(`the family ${name} occurs twice`)
      current = { name, type, samples: [] }
      families.set(name, current)
      continue
    }
    const sample = sampleOf(line)
    const family = current
    if (family === undefined || !isOf(family, sample.name)) throw new Error(`outside of its family: ${line}`)
    const series = sample.name + JSON.stringify(Object.entries(sample.labels).map(String).toSorted())
    if (seen.has(series)) throw new Error(`the series occurs twice: ${line}`)
    seen.add(series)
    family.samples.push(sample)
  }
  return [...families.values()]
}

function sampleOf(line: string): Sample {
  const match = LINE.exec(line)
  if (match === null) throw new Error(`no sample: ${line}`)
  const labels = Object.fromEntries(
    [...(match[2] ?? '').matchAll(new RegExp(LABEL, 'g'))].map(([, name = '', value = '']) => [name, value]),
  )
  const text = match.at(-1) as string
  const value = /^nan$/i.test(text) ? Number.NaN : Number(text.replace(/^([+-]?)Inf$/, '$1Infinity'))
  if (Number.isNaN(value) && !/^nan$/i.test(text)) throw new Error(`no number: ${line}`)
  return { name: match[1] as string, labels, value }
}

function isOf({ name, type }: MetricFamily, sample: string): boolean {
  return (SUFFIXES[type] ?? ['']).some((suffix) => sample === name + suffix)
}
