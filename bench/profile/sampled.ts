import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import process from 'node:process'

/**
 * To be imported before a worker (`node --import`): samples its processor time and its allocations between two SIGUSR2, so that neither
 * the start nor the warm-up is in them. Writes `{ cpu, heap }` as JSON to the file of `BENCH_PROFILE`.
 */
const path = process.env['BENCH_PROFILE'] ?? ''
const session = new Session()
session.connect()
let isRunning = false
process.on('SIGUSR2', () => void toggle())

async function toggle(): Promise<void> {
  isRunning = !isRunning
  if (isRunning) {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 250 })
    await session.post('Profiler.start')
    const objects = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true }
    if (process.env['BENCH_PROFILE_HEAP'] === '1')
      await session.post('HeapProfiler.startSampling', { samplingInterval: 8_192, ...objects })
    return
  }
  const { profile: cpu } = await session.post('Profiler.stop')
  const heap =
    process.env['BENCH_PROFILE_HEAP'] === '1' ? (await session.post('HeapProfiler.stopSampling')).profile : undefined
  writeFileSync(path, JSON.stringify({ cpu, heap }))
}
