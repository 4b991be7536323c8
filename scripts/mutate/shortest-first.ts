import { readFileSync } from 'node:fs'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/** Characters that a file counts for more where it puts a whole process on a stage: each of its tests is slow, whatever its size. */
const STAGED = 1_000_000

/**
 * Short test files before long ones, those of whole processes after those of single parts, and properties with their random inputs last:
 * by then an example has killed most mutants.
 */
export class ShortestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weights = new Map(files.map((file) => [file, weightOf(file)]))
    return files.toSorted((one, other) => (weights.get(one) ?? 0) - (weights.get(other) ?? 0))
  }
}

function weightOf({ moduleId }: TestSpecification): number {
  if (moduleId.endsWith('properties.test.ts')) return Number.POSITIVE_INFINITY
  const text = readFileSync(moduleId, 'utf8')
  return text.includes("/stage.ts'") ? text.length + STAGED : text.length
}
