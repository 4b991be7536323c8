import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/**
 * Files that take more than half a minute, longest first. They begin before the others of their group, so that no group ends
 * with one long file alone.
 */
export const LONGEST: readonly string[] = [
  'test/kafka/kill.test.ts',
  'test/kafka/shared.test.ts',
  'test/pairs/deno.test.ts',
  'test/pairs/isolates.test.ts',
  'test/pairs/objects.test.ts',
  'test/runtime/workerd.test.ts',
  'test/runtime/bun.test.ts',
  'test/runtime/deno.test.ts',
  'test/runtime/node.test.ts',
  'test/pairs/bun.test.ts',
  'test/crash/soak.test.ts',
  'test/runtime/trouble.test.ts',
  'test/crash/soak-kafka.test.ts',
  'test/crash/full-disk.test.ts',
  'test/kafka/channel.test.ts',
  'test/schemathesis/surface.test.ts',
  'test/kafka/start.test.ts',
  'test/kafka/demo.test.ts',
  'test/kafka/watchdog.test.ts',
  'test/runtime/hiccup.test.ts',
  'test/persistency/sqlite-file-watch.test.ts',
  'test/persistency/deno-kv.test.ts',
  'test/unit/cli/batuta.test.ts',
  'test/package/package.test.ts',
]

/** Vitest's order, larger files first, but for those of `LONGEST`. A run without this machine's earlier times knows sizes only. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const groupOf = ({ project }: TestSpecification) => project.config.sequence.groupOrder
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => groupOf(one) - groupOf(other) || rankOf(one) - rankOf(other))
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`))
  return rank < 0 ? LONGEST.length : rank
}
