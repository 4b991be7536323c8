import type { SerializedError } from 'vitest'
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

export interface Count {
  passed: number
  failed: number
  skipped: number
}

/**
 * The last line of the gate: `N passed, N failed`, alone, once everything else has been printed. Whatever is wrong counts:
 * a file that does not load, a suite whose hook throws, an error nobody caught, a run in which nothing ran.
 */
export class LastLine implements Reporter {
  #count: Count | undefined

  onInit(): void {
    process.once('exit', () => {
      const count = this.#count ?? { passed: 0, failed: 1, skipped: 0 }
      if (count.failed > 0) process.exitCode ||= 1
      process.stdout.write(`${lastLine(count)}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const count = countOf(modules)
    count.failed += errors.length
    const nothingRan = count.passed + count.failed === 0
    if (nothingRan || (reason !== 'passed' && count.failed === 0)) count.failed += 1
    this.#count = count
  }
}

export function lastLine({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
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
