import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { prometheusMetrics } from '../../adapters/metrics/prometheus.ts'
import { processMetrics } from '../../adapters/process-metrics.ts'
import { METRICS } from '../../src/ports/metric-table.ts'
import type { MetricRow } from '../../src/ports/metric-table.ts'
import { composeProblems } from '../container/compose-rules.ts'
import type { Compose } from '../container/compose.ts'
import { yaml } from '../container/files.ts'
import * as look from './doc-pages.ts'
import { ALERT_SCENES, AT_REST, selectorsOf } from './observability.ts'
import type { Selector } from './observability.ts'
import { ROOT } from './tools.ts'

const FOLDER = join(ROOT, 'examples/observability')
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8')

interface Alert {
  readonly alert: string
  readonly expr: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

interface Panel {
  readonly title: string
  readonly type: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string }[]
}

const ALERTS = yaml<{ readonly groups: readonly { readonly rules: readonly Alert[] }[] }>(
  read('alerts.yaml'),
).groups.flatMap(({ rules }) => rules)
const { panels: PANELS } = JSON.parse(read('dashboard.json')) as { readonly panels: readonly Panel[] }
const HAS_PROMTOOL = spawnSync('promtool', ['--version']).status === 0

/** Every name that the text of the metrics may have: ours of the table, those of the process from their library. */
const NAMES: ReadonlySet<string> = new Set([
  ...Object.entries(METRICS).flatMap(([name, { type }]) => namesOf(name, type)),
  ...[...(await prometheusMetrics(processMetrics).text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(
    ([, name = '', type = '']) => namesOf(name, type),
  ),
])

function namesOf(name: string, type: string): readonly string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name]
}

/** The fault of a selector: an unknown metric, label or value. */
function faultsOf({ metric, labels }: Selector): readonly string[] {
  if (!NAMES.has(metric)) return [`there is no metric "${metric}"`]
  const row = (METRICS as Readonly<Record<string, MetricRow>>)[metric.replace(/_(?:bucket|sum|count)$/, '')]
  return labels.flatMap(({ label, operator, value }) => {
    if (label === 'instance' || label === 'le') return []
    const values = row?.labels[label]
    if (values === undefined) return [`"${metric}" has no label "${label}"`]
    if (typeof values === 'string') return []
    const matches = operator.includes('~') ? new RegExp(`^(?:${value})$`) : { test: (one: string) => one === value }
    return values.some((one) => matches.test(one)) ? [] : [`"${metric}" has no ${label} "${value}"`]
  })
}

const faults = (expression: string) => selectorsOf(expression).flatMap(faultsOf)

describe('examples/observability', () => {
  test('every metric, label and value of an alert exists', () => {
    expect(ALERTS.length).toBeGreaterThan(20)
    expect(ALERTS.flatMap(({ expr }) => faults(expr))).toEqual([])
  })

  test('every metric, label and value of the dashboard exists', () => {
    const expressions = PANELS.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    expect(expressions.length).toBeGreaterThan(20)
    expect(expressions.flatMap(faults)).toEqual([])
  })

  test('the look finds a metric, a label and a value that do not exist', () => {
    expect(faults('sum(rate(batuta_sagas_lost_total[5m]))')).toHaveLength(1)
    expect(faults('batuta_events_total{state="moved"}')).toHaveLength(1)
    expect(faults('batuta_events_total{outcome="lost"} + batuta_events_total{outcome=~"lost|gone"}')).toHaveLength(2)
  })

  test('every alert has a severity, a summary and a section of docs/OPERATIONS.md, and no section is without its alert', () => {
    const operations = look.pageOf('docs/OPERATIONS.md', readFileSync(join(ROOT, 'docs/OPERATIONS.md'), 'utf8'))
    const anchors = look.anchors(operations)
    for (const { alert, labels, annotations } of ALERTS) {
      expect(['critical', 'warning', 'info'], alert).toContain(labels['severity'])
      expect(annotations['summary'], alert).toMatch(/^[A-Z].+[^.]$/)
      expect(annotations['runbook_url'], alert).toBe(`docs/OPERATIONS.md#${alert.toLowerCase()}`)
      expect(anchors.has(alert.toLowerCase()), alert).toBe(true)
    }
    const sections = [...anchors].filter((anchor) => anchor.startsWith('batuta'))
    expect(sections.toSorted()).toEqual(ALERTS.map(({ alert }) => alert.toLowerCase()).toSorted())
  })

  test('panels of the dashboard have titles of their own and do not overlap', () => {
    const titles = PANELS.map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
    const cells = PANELS.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })

  test('compose.yaml fits its files, and Prometheus reads the worker', () => {
    const compose = yaml<Compose>(read('compose.yaml'))
    expect(composeProblems(compose, FOLDER)).toEqual([])
    const {
      scrape_configs: [scrape],
    } = yaml<{
      readonly scrape_configs: readonly {
        metrics_path: string
        static_configs: readonly { targets: readonly string[] }[]
      }[]
    }>(read('prometheus.yaml'))
    expect(scrape?.metrics_path).toBe('/-/metrics')
    for (const target of scrape?.static_configs.flatMap(({ targets }) => targets) ?? [])
      expect(compose.services).toHaveProperty([target.split(':')[0] ?? ''])
  })

  test('every alert has a scene', () => {
    expect(Object.keys(ALERT_SCENES).toSorted()).toEqual(ALERTS.map(({ alert }) => alert).toSorted())
  })

  // Debian's package `prometheus` has promtool; without it the rules are checked by the tests above alone.
  test.skipIf(!HAS_PROMTOOL)(
    'promtool accepts the rules, and each alert fires in its scene and not at rest',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'batuta-alerts-'))
      try {
        const file = join(folder, 'scenes.yaml')
        const tests = [...ALERTS.map(sceneOf), restOf(ALERTS)]
        writeFileSync(file, stringify({ rule_files: [join(FOLDER, 'alerts.yaml')], evaluation_interval: '5m', tests }))
        execFileSync('promtool', ['check', 'rules', join(FOLDER, 'alerts.yaml')], { stdio: 'pipe' })
        const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })
        expect(status, stdout + stderr).toBe(0)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
    120_000,
  )
})

/** The alert in its scene. */
function sceneOf({ alert, labels, annotations }: Alert): object {
  const { series, at, interval = '1m', labels: more } = ALERT_SCENES[alert] ?? { series: {}, at: '1m' }
  const exp_alerts = [{ exp_labels: { ...labels, ...more }, exp_annotations: annotations }]
  return {
    interval,
    input_series: valuesOf(series),
    alert_rule_test: [{ alertname: alert, eval_time: at, exp_alerts }],
  }
}

/** No alert fires. */
function restOf(alerts: readonly Alert[]): object {
  const alert_rule_test = alerts.map(({ alert }) => ({ alertname: alert, eval_time: '60m', exp_alerts: [] }))
  return { interval: '1m', input_series: valuesOf(AT_REST), alert_rule_test }
}

function valuesOf(series: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(series).map(([name, values]) => ({ series: name, values }))
}
