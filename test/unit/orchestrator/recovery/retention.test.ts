import { describe, expect, test } from 'vitest'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { Retention } from '../../../../src/orchestrator/recovery/retention.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

const YEAR = 365 * 24 * 60 * 60_000
const RIGHT = { agrees: async () => true }

describe('retention', () => {
  test('C2.5a old final sagas are removed page by page', async () => {
    const runtime = simulatedRuntime()
    const pages = [DEFAULTS.retentionPage, DEFAULTS.retentionPage, 3]
    const asked: number[] = []
    const removal = { removeFinal: async (before: number) => (asked.push(before), pages.shift() ?? 0) }
    const retention = new Retention({ removal, keep: 1_000, runtime, clock: RIGHT })
    retention.start()
    await runtime.advance(DEFAULTS.retentionLook)
    const before = runtime.wallClock() - 1_000
    expect(asked).toEqual([before, before, before])
    expect(runtime.logged.at(-1)?.fields).toMatchObject({ removed: 2 * DEFAULTS.retentionPage + 3 })
    await retention.stop()
    await runtime.advance(2 * DEFAULTS.retentionLook)
    expect(asked).toHaveLength(3)
  })

  test('C2.5a a store that is away is asked again', async () => {
    const runtime = simulatedRuntime()
    const store = timelessMemory()
    const { removal } = store.can
    if (removal === false) throw new Error('the store cannot')
    await store.close()
    const retention = new Retention({ removal, keep: 1_000, runtime, clock: RIGHT })
    retention.start()
    await runtime.advance(2 * DEFAULTS.retentionLook)
    expect(runtime.logged.filter(({ level }) => level === 'warn')).toHaveLength(2)
    await retention.stop()
  })

  test('P23 a process whose clock differs from the store’s removes nothing', async () => {
    const runtime = simulatedRuntime()
    let isRight = false
    let asked = 0
    const removal = { removeFinal: async () => (asked++, 0) }
    const clock = { agrees: async () => isRight }
    const retention = new Retention({ removal, keep: 1_000, runtime, clock })
    await retention.run()
    expect(asked).toBe(0)
    isRight = true
    await retention.run()
    expect(asked).toBe(1)
  })

  test('C2.5a final sagas are removed after their retention, others never', async () => {
    const scene = stage({ definition: ONE_STEP, retention: 2 * DEFAULTS.retentionLook })
    await scene.create('s1')
    await scene.create('s2')
    expect(await scene.tell('ended')).toMatchObject({ kind: 'moved' })
    scene.orchestrator.start()
    await scene.runtime.advance(DEFAULTS.retentionLook)
    expect(await scene.store.load('s1')).toBeDefined()
    await scene.runtime.advance(2 * DEFAULTS.retentionLook)
    expect(await scene.store.load('s1')).toBeUndefined()
    expect(await scene.store.load('s2')).toBeDefined()
    await scene.stop()
  })

  test.each([
    ['before the start', (scene: Stage) => scene.runtime.jump(YEAR), () => undefined],
    ['while it runs', () => undefined, (scene: Stage) => scene.runtime.jump(YEAR)],
  ])('P23 a wall clock set forward by a year removes no young saga; %s', async (_, before, after) => {
    const keep = 10 * DEFAULTS.retentionLook
    const store = fakeStore()
    const first = stage({ store, definition: ONE_STEP })
    await first.create('s1')
    expect(await first.tell('ended')).toMatchObject({ kind: 'moved' })
    before(first)
    const scene = stage({ store, runtime: first.runtime, definition: ONE_STEP, retention: keep })
    scene.orchestrator.start()
    after(scene)
    await scene.create('s2') // with the clock that was set
    await scene.runtime.advance(keep - DEFAULTS.retentionLook)
    expect(await store.load('s1')).toBeDefined()
    await scene.runtime.advance(2 * DEFAULTS.retentionLook)
    expect(await store.load('s1')).toBeUndefined()
    expect(await store.load('s2')).toBeDefined()
    await scene.stop()
  })

  test('P23 the clocks are compared before a removal', async () => {
    const store = fakeStore()
    const scene = stage({ store, definition: ONE_STEP, retention: 1_000 })
    await scene.create('s1')
    await scene.tell('ended')
    const now = () => scene.runtime.wallClock() - DEFAULTS.clockTolerance - 1_000
    store.probe = async () => ({ ok: true, time: now() })
    scene.orchestrator.start()
    await scene.runtime.advance(3 * DEFAULTS.retentionLook)
    expect(await store.load('s1')).toBeDefined()
    await scene.stop()
  })
})

const ONE_STEP: MachineDefinition = {
  initialState: 'open',
  creationEvent: 'opened',
  states: [
    { id: 'open', isFinal: false, outgoingTransitions: [{ inputEvent: 'ended', targetState: 'done' }] },
    { id: 'done', isFinal: true },
  ],
}
