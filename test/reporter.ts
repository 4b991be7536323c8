import type { SerializedError } from 'vitest'
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

export interface Count {
  passed: number
  failed: number
  skipped: number
}

/** Tests that may pass at their second try in one run. More of them are a fault of the run. */
const FLAKY = 3

/**
 * The last lines of the gate: `flaky: <title>` for each test that passed at its second try, then `N passed, N failed`, alone.
 * A file that does not load, a suite whose hook throws, an uncaught error, a run without tests and a run with more than three
 * flaky tests count as failed.
 */
export class LastLine implements Reporter {
  #count: Count | undefined
  #flaky: readonly string[] = []

  onInit(): void {
    process.once('exit', () => {
      const count = this.#count ?? { passed: 0, failed: 1, skipped: 0 }
      for (const title of this.#flaky) process.stdout.write(`flaky: ${title}\n`)
      if (count.failed > 0) process.exitCode ||= 1
      process.stdout.write(`${lastLine(count)}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const count = countOf(modules)
    count.failed += errors.length
    this.#flaky = flakyOf(modules)
    if (this.#flaky.length > FLAKY) count.failed += 1
    const nothingRan = count.passed + count.failed === 0
    if (nothingRan || (reason !== 'passed' && count.failed === 0)) count.failed += 1
    this.#count = count
  }
}

export function lastLine({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function flakyOf(modules: readonly TestModule[]): readonly string[] {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  return tests
    .filter((test) => test.diagnostic()?.flaky === true)
    .map((test) => `${test.module.relativeModuleId} > ${test.fullName}`)
}

function countOf(modules: readonly TestModule[]): Count {
  const count: Count = { passed: 0, failed: 0, skipped: 0 }
  for (const module of modules) {
    if (module.errors().length > 0) count.failed += 1
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed += 1
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      count[state === 'pending' ? 'failed' : state] += 1 // pending: the run broke off before it
    }
  }
  return count
}
