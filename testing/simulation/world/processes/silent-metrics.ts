import type { Metrics } from '../../../../src/ports/metrics.ts'

/** Metrics that nothing reads. */
export const SILENT_METRICS: Metrics = {
  prepare: nothing,
  entered: nothing,
  event: nothing,
  creation: nothing,
  step: nothing,
  saved: nothing,
  request: nothing,
  sent: nothing,
  retried: nothing,
  gaveUp: nothing,
  count: nothing,
  readChannels: nothing,
  refused: nothing,
  readRequests: nothing,
  lag: nothing,
  progressAge: nothing,
  waiting: nothing,
  watching: nothing,
  dueTimers: nothing,
  stored: nothing,
  bulkItem: nothing,
  openOperations: nothing,
  unknownReferences: nothing,
  text: async () => '',
}

function nothing(): void {}
