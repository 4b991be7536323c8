import { existsSync } from 'node:fs'
import type { TestProjectConfiguration, ViteUserConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'
import { LastLine } from './test/reporter.ts'

if (Number.parseInt(process.versions.node, 10) < 24) {
  throw new Error(`run the tests: found Node ${process.version}, expected 24 or newer: npm test brings its own`)
}

/** Proofs at their full size, for `npm run test:long` alone. */
const LONG = 'test/long/**/*.test.ts'
/** Suites that start processes and count on having the machine: after the others, one file at a time. */
const SLOW = ['test/crash/{kill,kill-waiting,durable-ack,shared}.test.ts', 'test/runtime/demo.test.ts']
/** Suites with a broker, which all of them share. */
const KAFKA = 'test/kafka/**/*.test.ts'
/** Suites that start processes. */
const WORKERS = ['test/{runtime,crash,browser,schemathesis}/**/*.test.ts']
/** Suites that run two services at once by themselves. */
const PAIRS = 'test/pairs/**/*.test.ts'
const WORKERD = 'test/**/*.workerd.test.ts'

const common = { pool: 'forks', testTimeout: 20_000, hookTimeout: 60_000 } as const
/**
 * Suites that start and kill processes repeat a failed test once. The reporter names each repeat, and fails a run with more
 * than three. A flaky test is mended at its cause.
 */
const processes = { ...common, testTimeout: 60_000, retry: 1, setupFiles: 'test/end-with-exit.ts' } as const
/** Files at once of suites that wait more than they work; those of the conformance suite run three lanes each. */
const WAITING = { maxWorkers: 3, sequence: { groupOrder: 2 } } as const

const projects: TestProjectConfiguration[] = [
  {
    test: {
      ...common,
      name: 'node',
      include: ['test/**/*.test.ts'],
      exclude: [WORKERD, KAFKA, PAIRS, LONG, ...WORKERS],
      maxWorkers: 2,
    },
  },
  {
    test: {
      ...processes,
      name: 'slow',
      include: SLOW,
      fileParallelism: false,
      sequence: { groupOrder: 1 },
    },
  },
  {
    test: {
      ...processes,
      name: 'kafka',
      include: [KAFKA],
      globalSetup: 'test/kafka/setup.ts',
      hookTimeout: 120_000,
      ...WAITING,
    },
  },
  {
    test: {
      ...processes,
      name: 'workers',
      include: WORKERS,
      exclude: SLOW,
      ...WAITING,
    },
  },
  {
    test: {
      ...processes,
      name: 'pairs',
      include: [PAIRS],
      ...WAITING,
    },
  },
  {
    test: {
      ...processes,
      name: 'long',
      include: [LONG],
      fileParallelism: false,
      sequence: { groupOrder: 3 },
    },
  },
]

const workerd = new URL('test/workerd.project.ts', import.meta.url)
if (existsSync(workerd)) projects.push((await import(workerd.href)).workerd)

const config: ViteUserConfig = {
  test: {
    projects,
    teardownTimeout: 10_000,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', new LastLine()],
  },
}
export default config
