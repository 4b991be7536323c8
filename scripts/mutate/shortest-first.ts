import { statSync } from 'node:fs'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/** Short test files before long ones, and properties with their random inputs last: by then an example has killed most mutants. */
export class ShortestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => weightOf(one) - weightOf(other))
  }
}

function weightOf({ moduleId }: TestSpecification): number {
  return moduleId.endsWith('properties.test.ts') ? Number.POSITIVE_INFINITY : statSync(moduleId).size
}
