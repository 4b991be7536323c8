import type { Metrics } from '../../src/ports/metrics.ts'

/** Keeps what was counted, one line each: `entered paying reserved`, `sent bank command delivered`, `count save-saved`. */
export interface FakeMetrics extends Metrics {
  readonly lines: readonly string[]
  /** How often this line was counted. */
  times(line: string): number
}

export function fakeMetrics(): FakeMetrics {
  const lines: string[] = []
  return {
    lines,
    times: (line) => lines.filter((one) => one === line).length,
    entered: (state, label) => void lines.push(`entered ${state} ${label}`),
    event: (outcome) => void lines.push(`event ${outcome}`),
    creation: (outcome) => void lines.push(`creation ${outcome}`),
    request: ({ method, route, status }) => void lines.push(`request ${method} ${route} ${status}`),
    prepare: () => undefined,
    step: () => undefined,
    saved: (result) => void lines.push(`saved ${result}`),
    retried: (channel, status) => void lines.push(`retried ${channel} ${status}`),
    gaveUp: (channel, status) => void lines.push(`gave up ${channel} ${status}`),
    readChannels: () => undefined,
    refused: () => undefined,
    readRequests: () => undefined,
    lag: (channel, topic, records) => void lines.push(`lag ${channel} ${topic} ${records}`),
    progressAge: (channel, seconds) => void lines.push(`progress age ${channel} ${seconds}`),
    bulkItem: (outcome) => void lines.push(`bulk item ${outcome}`),
    openOperations: (count) => void lines.push(`open operations ${count}`),
    waiting: (requests) => void lines.push(`waiting ${requests}`),
    watching: (of, change) => void lines.push(`watching ${of} ${change}`),
    dueTimers: (count) => void lines.push(`due timers ${count}`),
    stored: ({ states, ...counts }) =>
      void lines.push(`stored ${JSON.stringify({ states: Object.fromEntries(states), ...counts })}`),
    sent: ({ channel, kind, result }) => void lines.push(`sent ${channel} ${kind} ${result}`),
    count: (what) => void lines.push(`count ${what}`),
    unknownReferences: (of, counts) => {
      for (const [name, count] of counts) lines.push(`unknown ${of} ${name} ${count}`)
    },
    text: async () => lines.join('\n'),
  }
}
