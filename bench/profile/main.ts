import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { HeapProfiler, Profiler } from 'node:inspector'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { measure } from '../measure.ts'
import type { HttpSubject } from '../measure.ts'
import { profileText } from './report.ts'
import { spentIn } from './spent.ts'
import { callsOfCpu, callsOfHeap } from './v8.ts'

const SUBJECTS: readonly HttpSubject[] = [
  { what: 'sqlite', atOnce: 64 },
  { what: 'memory', atOnce: 64 },
]

/** What `sampled.ts` has written. */
interface Profiles {
  readonly cpu: Profiler.Profile
  readonly heap?: HeapProfiler.SamplingHeapProfile
}

/** Writes summaries of profiles of the service under load to `bench/profiles`. Returns the exit code. */
export async function benchProfile(root: string, isQuick: boolean): Promise<number> {
  mkdirSync('bench/profiles', { recursive: true })
  for (const subject of SUBJECTS) {
    for (const kind of ['cpu', 'allocations'] as const) {
      const { profiles, microseconds } = await profileOf(subject, { root, kind, measured: isQuick ? 3_000 : 10_000 })
      const title = `${subject.what}, ${subject.atOnce} sagas at once, Node ${process.version}: ${kind}, percent`
      const calls = kind === 'cpu' ? callsOfCpu(profiles.cpu) : profiles.heap && callsOfHeap(profiles.heap.head)
      if (calls === undefined) continue
      const path = join('bench/profiles', `${subject.what}-${subject.atOnce}-${kind}.txt`)
      writeFileSync(path, profileText(spentIn(calls, pathToFileURL(`${process.cwd()}/`).href), title))
      process.stdout.write(`${path}: ${microseconds.toFixed(0)} µs of processor time a saga while it was sampled\n`)
    }
  }
  return 0
}

interface ProfileOrder {
  readonly root: string
  readonly kind: 'cpu' | 'allocations'
  /** Milliseconds. */
  readonly measured: number
}

const WARM_UP = 3_000

async function profileOf(subject: HttpSubject, { root, kind, measured }: ProfileOrder) {
  const path = join(root, `${subject.what}-${kind}.json`)
  const toggle = (pid: number, after: number) => setTimeout(() => process.kill(pid, 'SIGUSR2'), after)
  const { microseconds } = await measure(subject, {
    // The driver goes on until the profile is written, so that its end is not in it.
    window: { warmUp: WARM_UP, measure: measured + 1_000 },
    root,
    flags: ['--import', new URL('sampled.ts', import.meta.url).href],
    variables: { BENCH_PROFILE: path, BENCH_PROFILE_HEAP: kind === 'allocations' ? '1' : '' },
    onStart: (pid) => [WARM_UP, WARM_UP + measured].forEach((after) => toggle(pid, after)),
  })
  return { profiles: JSON.parse(readFileSync(path, 'utf8')) as Profiles, microseconds }
}
