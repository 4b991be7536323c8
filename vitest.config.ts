import { existsSync } from 'node:fs'
import type { TestProjectConfiguration, ViteUserConfig } from 'vitest/config'
import { LastLine } from './test/reporter.ts'

if (Number.parseInt(process.versions.node, 10) < 24) {
  throw new Error(`run the tests: found Node ${process.version}, expected 24 or newer: npm test brings its own`)
}

/** Suites that start processes and count on having the machine: after the others, one file at a time. */
const SLOW = ['test/crash/{kill,durable-ack,shared}.test.ts', 'test/runtime/demo.test.ts']
/** Suites with a broker, which all of them share. */
const KAFKA = 'test/kafka/**/*.test.ts'
/** Suites that start processes and wait more than they work: three files at a time. */
const WORKERS = ['test/runtime/**/*.test.ts', 'test/crash/**/*.test.ts']
/** Suites that run two services at once by themselves: after the others, three files at a time. */
const PAIRS = 'test/pairs/**/*.test.ts'
const WORKERD = 'test/**/*.workerd.test.ts'

const common = { pool: 'forks', testTimeout: 20_000, hookTimeout: 60_000 } as const

const projects: TestProjectConfiguration[] = [
  {
    test: {
      ...common,
      name: 'node',
      include: ['test/**/*.test.ts'],
      exclude: [WORKERD, KAFKA, PAIRS, ...WORKERS],
      maxWorkers: 2,
    },
  },
  {
    test: {
      ...common,
      name: 'slow',
      include: SLOW,
      testTimeout: 60_000,
      fileParallelism: false,
      sequence: { groupOrder: 1 },
    },
  },
  {
    test: {
      ...common,
      name: 'kafka',
      include: [KAFKA],
      globalSetup: 'test/kafka/setup.ts',
      testTimeout: 60_000,
      hookTimeout: 120_000,
      fileParallelism: false,
      sequence: { groupOrder: 2 },
    },
  },
  {
    test: {
      ...common,
      name: 'workers',
      include: WORKERS,
      exclude: SLOW,
      testTimeout: 60_000,
      maxWorkers: 3,
      sequence: { groupOrder: 3 },
    },
  },
  {
    test: {
      ...common,
      name: 'pairs',
      include: [PAIRS],
      testTimeout: 60_000,
      maxWorkers: 3,
      sequence: { groupOrder: 4 },
    },
  },
]

const workerd = new URL('test/workerd.project.ts', import.meta.url)
if (existsSync(workerd)) projects.push((await import(workerd.href)).workerd)

const config: ViteUserConfig = {
  test: { projects, teardownTimeout: 10_000, reporters: ['default', new LastLine()] },
}
export default config
