import { describe, expect, test } from 'vitest'
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
})
