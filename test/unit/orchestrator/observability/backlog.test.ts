import { expect, test } from 'vitest'
import { sharedCounts } from '../../../../src/orchestrator/observability/shared-counts.ts'
import { UnknownReferences } from '../../../../src/orchestrator/observability/unknown-references.ts'
import { ScanProgress } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import type { ListQuery, Page } from '../../../../src/ports/persistency.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

/** Lists `pages` pages, while recovery works off a backlog as long as `hasBacklog` says. */
function listing(pages: number, hasBacklog: () => boolean) {
  const runtime = simulatedRuntime()
  let read = 0
  const page = async ({ limit }: ListQuery): Promise<Page> => {
    read++
    return { items: [], ...(read < pages && { next: { createdAt: 1, id: String(limit) } }) }
  }
  const references = new UnknownReferences({
    machine: { states: new Map() },
    channels: new Set<string>(),
    can: { list: { page }, counts: false },
    isCatchingUp: hasBacklog,
    shared: false,
    runtime,
    metrics: { unknownReferences: () => undefined },
  })
  references.start()
  return { runtime, read: () => read, stop: () => references.stop() }
}

test('I5 sagas are listed slowly while recovery works off a backlog, and at once after it', async () => {
  let hasBacklog = true
  const { runtime, read, stop } = listing(100, () => hasBacklog)
  await runtime.advance(5_500)
  expect(read()).toBe(6)
  hasBacklog = false
  await runtime.advance(1_000)
  expect(read()).toBe(100)
  stop()
})

test('I9 a backlog that does not end puts the list off for a minute only', async () => {
  const { runtime, read, stop } = listing(100, () => true)
  await runtime.advance(59_500)
  expect(read()).toBeLessThanOrEqual(60)
  await runtime.advance(2_000)
  expect(read()).toBe(100)
  stop()
})

test('recovery works off a backlog for a second after each catch-up', () => {
  const progress = new ScanProgress(0)
  expect(progress.isCatchingUp(0)).toBe(false)
  progress.catchesUp(5_000)
  expect([5_000, 5_999, 6_000].map((now) => progress.isCatchingUp(now))).toEqual([true, true, false])
})

test('C7 a count that is asked again while it is under way is taken once', async () => {
  const asked: unknown[] = []
  const ends: (() => void)[] = []
  const count = async (query: object) => {
    asked.push(query)
    await new Promise<void>((resolve) => ends.push(resolve))
    if (asked.length > 2) throw new Error('away')
    return [{ state: `s${asked.length}`, total: 1, owed: 0, deadLetters: 0, parked: 0, timers: 0, held: 0 }]
  }
  const shared = sharedCounts({ count })
  if (shared === false) throw new Error('expected counts')
  const [one, same, other] = [{ isFinal: false }, { isFinal: false }, { isFinal: true }].map((query) =>
    shared.count(query),
  )
  expect(asked).toEqual([{ isFinal: false }, { isFinal: true }])
  for (const end of ends.splice(0)) end()
  expect(await one).toBe(await same)
  expect(await other).not.toBe(await one)
  const failing = [shared.count({}), shared.count({})]
  for (const end of ends.splice(0)) end()
  await Promise.all(failing.map((each) => expect(each).rejects.toThrow('away')))
  expect(asked).toHaveLength(3)
  expect(sharedCounts(false)).toBe(false)
})
