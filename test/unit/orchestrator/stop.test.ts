import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/defaults.ts'
import { fakeChannel } from '../../fakes/channel.ts'
import { fakeStore } from '../../fakes/store.ts'
import { timelessMemory } from '../../fakes/timeless-memory.ts'
import { passing, stage } from './stage.ts'
import type { Stage } from './stage.ts'

/** Several times as many as are settled concurrently. */
const SAGAS = 200

async function unsettled(): Promise<Stage> {
  const scene = stage()
  scene.channel.always({ kind: 'delivered' })
  for (let n = 0; n < SAGAS; n++) await scene.create(`s${n}`)
  return scene
}

async function took({ runtime, orchestrator }: Stage, within: number): Promise<number> {
  const begun = runtime.monotonic()
  await passing(runtime, orchestrator.stop(within))
  return runtime.monotonic() - begun
}

describe('stop', () => {
  test('I9 ends in time where the store is down; unsettled commands stay owed', async () => {
    const scene = await unsettled()
    scene.store.down()
    expect(await took(scene, 5_000)).toBeLessThanOrEqual(5_000)
    scene.store.mend()
    const owed = await Promise.all(Array.from({ length: SAGAS }, (_, n) => scene.store.load(`s${n}`)))
    expect(owed.filter((loaded) => loaded?.saga.owed.length === 1)).toHaveLength(SAGAS)
    const saves = scene.store.saves.length
    await scene.runtime.advance(60_000)
    expect(scene.store.saves.length - saves).toBeLessThanOrEqual(SAGAS)
  })

  test('I9 ends in time where the store hangs', async () => {
    const scene = await unsettled()
    scene.store.save = () => new Promise(() => undefined)
    expect(await took(scene, 5_000)).toBeLessThanOrEqual(5_000)
  })

  test('P3 settles in time a command that was delivered while another send hung', async () => {
    const scene = stage()
    await scene.create('s1')
    await scene.create('s2')
    const stopped = passing(scene.runtime, scene.orchestrator.stop(5_000))
    scene.channel.answer('s1/0/0')
    await stopped
    expect((await scene.store.load('s1'))?.saga.owed).toEqual([])
    expect((await scene.store.load('s2'))?.saga.owed).toHaveLength(1)
  })

  test('I9 P3 a command whose step is saved while the service stops is sent and settled', async () => {
    const scene = stage()
    scene.channel.always({ kind: 'delivered' })
    const save = scene.store.save.bind(scene.store)
    scene.store.save = async (...given) => {
      await new Promise<void>((resolve) => scene.runtime.after(1_000, resolve))
      return save(...given)
    }
    const creating = scene.create()
    // Its own write, and that of the settlement.
    expect(await took(scene, 5_000)).toBe(2_000)
    expect(scene.channel.ids).toEqual(['s1/0/0'])
    expect((await scene.store.load('s1'))?.saga.owed).toEqual([])
    await creating
  })

  test('C7 the end of an incident that is near is not waited for', async () => {
    const scene = stage()
    const timers = scene.runtime.timers
    scene.store.down()
    expect(await scene.tell('validationOK')).toMatchObject({ kind: 'unavailable' })
    scene.store.mend()
    expect(await scene.tell('validationOK')).toMatchObject({ kind: 'unknown-saga' })
    await took(scene, 1_000)
    expect(scene.runtime.timers).toBe(timers)
  })

  test('P15 with one attempt a send that hangs is a dead letter, and one that waited is not started', async () => {
    const store = fakeStore(timelessMemory())
    const scene = stage({ store, channel: fakeChannel('reservations', 10_000, 1) })
    for (let n = 0; n <= DEFAULTS.sendsAtOnce; n++) await scene.create(`s${n}`)
    const waiting = `s${DEFAULTS.sendsAtOnce}`
    expect(await took(scene, 5_000)).toBeLessThanOrEqual(5_000)
    const why = 'the service stopped before the answer'
    expect((await store.load('s0'))?.saga).toMatchObject({
      owed: [],
      deadLetters: [{ id: 's0/0/0', why, attempts: 0 }],
    })
    expect(scene.channel.ids).not.toContain(`${waiting}/0/0`)
    const next = stage({ store, runtime: scene.runtime, channel: fakeChannel('reservations', 10_000, 1) })
    next.orchestrator.start()
    await scene.runtime.advance(60_000)
    expect(next.channel.ids).toEqual([`${waiting}/0/0`])
    await next.stop()
  })
})
