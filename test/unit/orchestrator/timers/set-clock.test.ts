import { describe, expect, test } from 'vitest'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

const HOUR = 3_600_000
const LEASE = 10_000 + DEFAULTS.leaseMargin
const STORES = [
  ['not shared', false],
  ['shared', true],
] as const

describe('a wall clock that is set', () => {
  test.each(STORES)('P23 back by an hour: a retry does not wait that hour; store %s', async (_, shared) => {
    const scene = stage({ store: fakeStore(timelessMemory({ shared })) })
    scene.channel.always(SILENT)
    scene.orchestrator.start()
    await scene.create()
    await scene.runtime.advance(5_000)
    const before = scene.channel.begun.length
    scene.runtime.jump(-HOUR)
    await scene.runtime.advance(2 * DEFAULTS.retryLongest)
    expect(scene.channel.begun.length).toBeGreaterThan(before + 1)
    expect(scene.channel.begun.length).toBeLessThan(before + 60) // no busy loop either
    scene.channel.always(DELIVERED)
    await scene.runtime.advance(2 * DEFAULTS.retryLongest)
    expect((await scene.store.load('s1'))?.saga.owed).toEqual([])
    await scene.stop()
  })

  test.each(STORES)('P23 back by an hour before a restart: debts do not wait either; store %s', async (_, shared) => {
    const store = fakeStore(timelessMemory({ shared }))
    const dead = stage({ store })
    dead.channel.always(SILENT)
    await dead.create()
    await dead.runtime.advance(0)
    dead.runtime.jump(-HOUR)
    const back = stage({ store, runtime: dead.runtime })
    back.channel.always(DELIVERED)
    back.orchestrator.start()
    await back.runtime.advance(DEFAULTS.retryLongest + LEASE)
    expect(back.channel.ids).toEqual(['s1/0/0'])
    await back.stop()
  })

  test.each([HOUR, -HOUR, 366 * 24 * HOUR])('P23 by %s ms: the bound of a retry’s wait stays', async (ms) => {
    const scene = stage()
    scene.channel.always(SILENT)
    scene.orchestrator.start()
    await scene.create()
    await scene.runtime.advance(2_000)
    scene.runtime.jump(ms)
    scene.channel.always(DELIVERED)
    await scene.runtime.advance(DEFAULTS.retryLongest + 2 * DEFAULTS.sweep)
    expect((await scene.store.load('s1'))?.saga.owed).toEqual([])
    expect(scene.runtime.logged.filter(({ code }) => code === 'clock.set')).toHaveLength(1)
    await scene.stop()
  })

  test('P12 P23 leases of a living process are not taken over when all clocks are set back', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const holder = stage({ store })
    await holder.create() // under way, no answer yet
    const other = stage({ store, runtime: holder.runtime })
    other.orchestrator.start()
    holder.runtime.jump(-HOUR)
    await holder.runtime.advance(LEASE - 1_000)
    expect(other.channel.ids).toEqual([])
    await holder.runtime.advance(DEFAULTS.retryLongest + LEASE)
    expect(other.channel.ids).toEqual(['s1/0/0'])
    await other.stop()
  })

  /** `asked` fires its event after an hour and sends its command once more before, half way. */
  const patient: MachineDefinition = {
    initialState: 'asked',
    states: [
      {
        id: 'asked',
        isFinal: false,
        outputCommand: { label: 'ask', channel: 'reservations' },
        timeout: { after: 'PT30M', resend: 1, event: 'silence' },
        outgoingTransitions: [{ inputEvent: 'silence', targetState: 'done' }],
      },
      { id: 'done', isFinal: true },
    ],
  }

  describe.each(STORES)('and a timer; store %s', (_, shared) => {
    const waiting = async () => {
      const scene = stage({ store: fakeStore(timelessMemory({ shared })), definition: patient })
      scene.channel.always(DELIVERED)
      scene.orchestrator.start()
      await scene.create()
      await scene.runtime.advance(60_000)
      return scene
    }
    const events = async ({ store }: Stage) => (await store.document('s1'))?.history.events.map(({ event }) => event)

    test('P18 P23 forth by an hour: what is due by the new clock happens at once, each thing once', async () => {
      const scene = await waiting()
      scene.runtime.jump(HOUR)
      await scene.runtime.advance(DEFAULTS.clockLook + 2 * DEFAULTS.sweep)
      expect(scene.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
      expect(await events(scene)).toEqual(['__created__']) // the resend gives the participant the whole time again
      await scene.runtime.advance(HOUR / 2)
      expect(await events(scene)).toEqual(['__created__', 'silence'])
      expect(scene.channel.ids).toHaveLength(2)
      await scene.stop()
    })

    test('P18 P23 back by an hour: a deadline is an instant, so it comes with the clock, and does not fire twice', async () => {
      const scene = await waiting()
      const deadline = (await scene.store.load('s1'))?.saga.timer?.deadline ?? 0
      scene.runtime.jump(-HOUR)
      await scene.runtime.advance(deadline - scene.runtime.wallClock() - 2 * DEFAULTS.sweep)
      expect(scene.channel.ids).toEqual(['s1/0/0'])
      await scene.runtime.advance(4 * DEFAULTS.sweep)
      expect(scene.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
      scene.runtime.jump(-HOUR)
      await scene.runtime.advance(2 * HOUR)
      expect(await events(scene)).toEqual(['__created__', 'silence'])
      expect(scene.channel.ids).toHaveLength(2)
      await scene.stop()
    })
  })

  test('P23 a slewed clock is not logged', async () => {
    const scene = stage()
    scene.orchestrator.start()
    for (let at = 0; at < 20; at++) {
      scene.runtime.jump(-500)
      await scene.runtime.advance(1_000)
    }
    expect(scene.runtime.logged.filter(({ code }) => code.startsWith('clock.'))).toEqual([])
    await scene.stop()
  })
})
