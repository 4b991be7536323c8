import { describe, expect, test } from 'vitest'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import { Retention } from '../../../src/orchestrator/retention.ts'
import { fakeRuntime } from '../../fakes/runtime.ts'

describe('retention', () => {
  test('final sagas are looked for page by page, as many as are old enough', async () => {
    const runtime = fakeRuntime()
    const pages = [DEFAULTS.retentionPage, DEFAULTS.retentionPage, 3]
    const asked: number[] = []
    const removal = { removeFinal: async (before: number) => (asked.push(before), pages.shift() ?? 0) }
    const retention = new Retention({ removal, keep: 1_000, runtime })
    retention.start()
    await runtime.advance(DEFAULTS.retentionLook)
    const before = runtime.wallClock() - 1_000
    expect(asked).toEqual([before, before, before])
    expect(runtime.logged.at(-1)?.fields).toMatchObject({ removed: 2 * DEFAULTS.retentionPage + 3 })
    await retention.stop()
    await runtime.advance(2 * DEFAULTS.retentionLook)
    expect(asked).toHaveLength(3)
  })

  test('a store that is away is asked again', async () => {
    const runtime = fakeRuntime()
    const store = memoryPersistency()
    const { removal } = store.can
    if (removal === false) throw new Error('the store cannot')
    await store.close()
    const retention = new Retention({ removal, keep: 1_000, runtime })
    retention.start()
    await runtime.advance(2 * DEFAULTS.retentionLook)
    expect(runtime.logged.filter(({ level }) => level === 'warn')).toHaveLength(2)
    await retention.stop()
  })
})
