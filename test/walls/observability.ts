/** Series of a metric that make an alert fire; after `at`, with these labels beside the severity. */
export interface AlertScene {
  readonly series: Readonly<Record<string, string>>
  readonly at: string
  readonly labels?: Readonly<Record<string, string>>
  /** Time between two values, and between two evaluations. Default: one minute. */
  readonly interval?: string
}

/** Values that rise by one a minute. */
const RISES = '0+1x120'
/** The value one, for hours. */
const IS_ONE = '1+0x500'

/** For every alert of examples/observability/alerts.yaml, what makes it fire. */
export const ALERT_SCENES: Readonly<Record<string, AlertScene>> = {
  BatutaOldestDebt: { series: { batuta_oldest_debt_seconds: '601+60x20' }, at: '5m' },
  BatutaDeadLetters: { series: { batuta_dead_letter_sagas: IS_ONE }, at: '5m' },
  BatutaGivenUp: {
    series: { 'batuta_given_up_total{channel="bank", status="5xx"}': RISES },
    at: '5m',
    labels: { channel: 'bank' },
  },
  BatutaParticipantSilent: {
    series: { 'batuta_circuit_state{channel="bank", state="closed"}': '0+0x60' },
    at: '10m',
    labels: { channel: 'bank' },
  },
  BatutaParticipantRefuses: {
    series: { 'batuta_retries_total{channel="bank", status="4xx"}': RISES },
    at: '30m',
    labels: { channel: 'bank' },
  },
  BatutaTimersLate: { series: { batuta_due_timers: IS_ONE }, at: '30m' },
  BatutaChannelPaused: {
    series: { 'batuta_channel_paused{channel="bank"}': IS_ONE },
    at: '70m',
    labels: { channel: 'bank' },
  },
  BatutaHeld: { series: { batuta_held_sagas: IS_ONE }, at: '1500m', interval: '4m' },
  BatutaParked: { series: { batuta_parked_sagas: IS_ONE }, at: '70m' },
  BatutaParkingFull: { series: { 'batuta_events_total{outcome="parking-full"}': RISES }, at: '5m' },
  BatutaDown: {
    series: { 'up{job="batuta", instance="a"}': '0+0x10' },
    at: '5m',
    labels: { job: 'batuta', instance: 'a' },
  },
  BatutaUnavailable: {
    series: {
      'batuta_events_total{outcome="unavailable"}': RISES,
      'batuta_creations_total{outcome="unavailable"}': '0+0x120',
    },
    at: '10m',
  },
  BatutaSavesWithoutAnswer: { series: { 'batuta_save_duration_seconds_count{result="unknown"}': RISES }, at: '10m' },
  BatutaSlow: {
    series: {
      'batuta_step_duration_seconds_bucket{le="1"}': '0+0x120',
      'batuta_step_duration_seconds_bucket{le="2.5"}': RISES,
      'batuta_step_duration_seconds_bucket{le="+Inf"}': RISES,
    },
    at: '30m',
  },
  BatutaOverload: {
    series: { 'batuta_refused_requests_total{instance="a",reason="wait"}': '0+600x60' },
    at: '30m',
    labels: { instance: 'a', reason: 'wait' },
  },
  BatutaConflicts: {
    series: {
      'batuta_save_duration_seconds_count{result="conflict"}': RISES,
      'batuta_save_duration_seconds_count{result="saved"}': RISES,
    },
    at: '30m',
  },
  BatutaEventLoopLag: {
    series: { 'nodejs_eventloop_lag_p99_seconds{instance="a"}': IS_ONE },
    at: '30m',
    labels: { instance: 'a' },
  },
  BatutaOpenFiles: {
    series: { 'process_open_fds{instance="a"}': '800+0x60', 'process_max_fds{instance="a"}': '1000+0x60' },
    at: '10m',
    labels: { instance: 'a' },
  },
  BatutaCountsOld: { series: { batuta_counted_timestamp_seconds: IS_ONE }, at: '90m' },
  BatutaVersionsDiffer: {
    series: { 'batuta_build_info{version="1"}': IS_ONE, 'batuta_build_info{version="2"}': IS_ONE },
    at: '70m',
  },
  BatutaUnexpected: { series: { 'batuta_events_total{outcome="unexpected"}': RISES }, at: '50m' },
  BatutaStranded: { series: { 'batuta_events_total{outcome="stranded"}': RISES }, at: '30m' },
  BatutaUnknownReferences: { series: { 'batuta_unknown_state_sagas{state="gone"}': IS_ONE }, at: '30m' },
  BatutaUnreadable: { series: { 'batuta_internal_total{what="saga-unreadable"}': RISES }, at: '5m' },
  BatutaPoison: {
    series: { 'batuta_internal_total{what="poison-bad-key"}': RISES },
    at: '5m',
    labels: { what: 'poison-bad-key' },
  },
  BatutaRecordsExpired: { series: { 'batuta_internal_total{what="records-expired"}': RISES }, at: '5m' },
  BatutaGroupLag: {
    series: { 'batuta_group_lag{channel="bank", topic="payments"}': '2000+0x60' },
    at: '20m',
    labels: { channel: 'bank', topic: 'payments' },
  },
  BatutaGroupStandstill: {
    series: { 'batuta_group_progress_age_seconds{channel="bank", instance="a"}': '0+60x20' },
    at: '5m',
    labels: { channel: 'bank', instance: 'a' },
  },
  BatutaHookFailed: { series: { 'batuta_internal_total{what="hook-failed"}': RISES }, at: '5m' },
}

/** The same series in a service that has nothing to do and whose participants answer. */
export const AT_REST: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.values(ALERT_SCENES).flatMap(({ series }) => Object.keys(series).map((name) => [name, '0+0x60'])),
  ),
  'up{job="batuta", instance="a"}': '1+0x60',
  'batuta_circuit_state{channel="bank", state="closed"}': '1+0x60',
  'process_max_fds{instance="a"}': '1000+0x60',
  'batuta_build_info{version="2"}': '_x60',
}

/** Metrics and selectors of a PromQL expression: `name{label="value"}` each. */
export interface Selector {
  readonly metric: string
  readonly labels: readonly { readonly label: string; readonly operator: string; readonly value: string }[]
}

/** The selectors of an expression whose metrics begin with one of our prefixes. */
export function selectorsOf(expression: string): readonly Selector[] {
  const found = expression.matchAll(/\b((?:batuta|flow_manager|http_request|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)
  return [...found].map(([, metric = '', inner = '']) => ({
    metric,
    labels: [...inner.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
      ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
    ),
  }))
}
