// The parts of prom-client that import Node; by their own paths, as in `metrics/prometheus.ts`.
import process from 'node:process'
import type * as library from 'prom-client'
import allPart from 'prom-client/lib/defaultMetrics.js'
import GaugePart from 'prom-client/lib/gauge.js'
import heapPart from 'prom-client/lib/metrics/heapSizeAndUsed.js'
import cpuPart from 'prom-client/lib/metrics/processCpuTotal.js'
import startPart from 'prom-client/lib/metrics/processStartTime.js'
import versionPart from 'prom-client/lib/metrics/version.js'
import type { HostMetrics } from './metrics/prometheus.ts'

interface AllOptions {
  readonly register: library.Registry
  readonly eventLoopMonitoringPrecision: number
}

const Gauge = GaugePart as unknown as typeof library.Gauge
const all = allPart as unknown as (config: AllOptions) => void
const denoParts = [cpuPart, startPart, heapPart, versionPart] as unknown as readonly HostMetrics[]

/** Milliseconds. The lag of the event loop is sampled by a timer, so a finer one keeps an idle process busy. */
const LAG_SAMPLES = 20

/** `process_*` and `nodejs_*` of this process, on Node and Bun (C7). */
export const processMetrics: HostMetrics = (register) => all({ register, eventLoopMonitoringPrecision: LAG_SAMPLES })

/** Those of Deno: it lacks the lag of the event loop and times of the collector, and permits no look at `/proc`. */
export const denoMetrics: HostMetrics = (register) => {
  for (const add of denoParts) add(register)
  const memory: library.Gauge = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    registers: [register],
    collect: () => memory.set(process.memoryUsage().rss),
  })
}
