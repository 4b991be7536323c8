import { expect } from 'vitest'
import type { Loaded, Persistency } from '../../../src/ports/persistency.ts'
import { birth, step } from '../build.ts'
import type { PreparedSave } from '../build.ts'
import { create, keep, move, save } from '../saves.ts'
import { expectStored, labels } from '../subject.ts'
import type { FaultSubject } from './link.ts'
import { expectNoSecret, insistSaved, troubled } from './stage.ts'
import type { Scene } from './stage.ts'

/** Milliseconds, far below a time-out. */
const SLOW = 120

/**
 * The store is down for a while: no call outlasts its time-out, no answer is wrong, and the store recovers by itself.
 */
export function away(subject: FaultSubject): void {
  troubled(subject, { kind: 'frozen', title: 'P6 P20 frozen for longer than the time-out' }, async (scene) => {
    const { store, line } = scene
    const [made, steps] = await several(store)
    line.freeze()
    try {
      await Promise.all([...writes(scene, made, steps), ...readsWhileFrozen(scene, made)])
    } finally {
      line.thaw()
    }
    await afterwards(scene, made, steps)
  })

  troubled(subject, { kind: 'refused', title: 'P6 P20 refused' }, async (scene) => {
    const { store, line } = scene
    const [made, steps] = await several(store)
    await line.refuse()
    try {
      await Promise.all([...writes(scene, made, steps), ...reads(scene, made)])
    } finally {
      await line.accept()
    }
    await afterwards(scene, made, steps)
  })

  troubled(
    subject,
    { kind: 'slow', title: 'I5 a slow store is not down: every call has its answer' },
    async ({ store, line }) => {
      const [made, steps] = await several(store)
      const rivals = made.map(({ saga }) => step(saga, 'waved through'))
      line.slow(SLOW)
      const begun = performance.now()
      const moved = await Promise.all(steps.map((one, at) => keep(store, one, made[at]?.basis ?? '')))
      expect(performance.now() - begun, 'ms that it took').toBeGreaterThanOrEqual(SLOW - 5)
      const late = await Promise.all(rivals.map((one, at) => save(store, one, made[at]?.basis ?? '')))
      expect(late).toEqual(late.map(() => ({ kind: 'conflict' })))
      expect((await store.probe()).ok).toBe(true)
      for (const saga of moved) await expectStored(store, saga)
      line.slow(0)
    },
  )
}

async function several(store: Persistency): Promise<[Loaded[], PreparedSave[]]> {
  const made = await Promise.all(Array.from({ length: 6 }, () => create(store)))
  return [made, made.map(({ saga }) => step(saga, 'asked again'))]
}

/** Concurrent writes, one of them of unknown fate. */
function writes({ store, fails }: Scene, made: readonly Loaded[], steps: readonly PreparedSave[]): Promise<void>[] {
  const saves = steps.map((one, at) => save(store, one, made[at]?.basis ?? ''))
  return [...saves, save(store, birth(), 'absent')].map(fails)
}

function reads({ store, fails, subject }: Scene, [one]: readonly Loaded[]): Promise<void>[] {
  const id = one?.saga.id ?? ''
  const calls = [store.load(id), store.document(id), store.applied(id, 'event', 'label')]
  const begun = performance.now()
  const probe = store.probe().then((health) => {
    expect(health).toEqual({ ok: false, why: expect.stringMatching(/.+/) })
    expectNoSecret(new Error(health.ok ? '' : health.why), subject)
    expect(performance.now() - begun, 'ms until the probe said so').toBeLessThan(subject.patience)
  })
  return [...calls.map(fails), probe]
}

function readsWhileFrozen(scene: Scene, made: readonly Loaded[]): Promise<unknown>[] {
  const { subject, store } = scene
  if (subject.readsWhileFrozen === undefined) return reads(scene, made)
  const probe = store.probe().then(({ ok }) => expect(ok, subject.readsWhileFrozen).toBe(true))
  return [probe, ...made.map((one) => expectStored(store, one))]
}

/** A refused change may be saved again; one that landed meanwhile is not applied twice. */
async function afterwards(
  { store, isBack }: Scene,
  made: readonly Loaded[],
  steps: readonly PreparedSave[],
): Promise<void> {
  await isBack()
  const again = await Promise.all(steps.map((one, at) => insistSaved(store, one, made[at]?.basis ?? '')))
  const moved = await Promise.all(again.map((saga) => move(store, saga, 'reserved')))
  for (const saga of moved) await expectStored(store, saga)
  for (const { saga } of moved) {
    expect(await labels(store, saga.id)).toEqual(['orderPlaced', 'asked again', 'reserved'])
  }
}
