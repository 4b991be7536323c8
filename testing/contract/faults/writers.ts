import { expect } from 'vitest'
import type { Loaded, Persistency, Saved } from '../../../src/ports/persistency.ts'
import { step } from '../build.ts'
import { create, save } from '../saves.ts'
import { expectStored, isGuarded } from '../subject.ts'
import type { FaultSubject } from './link.ts'
import { besides, troubled } from './stage.ts'

const WRITERS = 50
const ROUNDS = 3
/** In the last round one of the two links is slow, in ms. */
const SLOW = 60

/** Many writers on one saga, from two processes (I8). */
export function writers(subject: FaultSubject): void {
  const title = `I8 of ${WRITERS} writers on one saga, from two processes`
  troubled(subject, { kind: 'neighbours', title: `${title}, exactly one wins, in every round` }, (scene) =>
    besides(scene, async (other) => {
      let saga = await create(scene.store)
      for (let round = 0; round < ROUNDS; round++) {
        if (round === ROUNDS - 1) scene.line.slow(SLOW)
        const rivals = Array.from({ length: WRITERS }, () => step(saga.saga, 'asked again'))
        const all = rivals.map((one, at) => save(at % 2 ? scene.store : other, one, saga.basis))
        const answers = await Promise.all(all)
        const won = answers.findIndex(({ kind }) => kind === 'saved')
        if (!isGuarded(subject)) return expect(counted(answers).saved, subject.gaps?.rivals).toBeGreaterThan(1)
        expect(counted(answers)).toEqual({ saved: 1, conflict: WRITERS - 1 })
        saga = await expectStored(other, { saga: rivals[won]?.next ?? saga.saga })
      }
      scene.line.slow(0)
    }),
  )

  troubled(subject, { kind: 'neighbours', title: `${title}, each is in the history once after all retries` }, (scene) =>
    besides(scene, async (other) => {
      const { saga } = await create(scene.store)
      const ids = Array.from({ length: WRITERS }, (_, writer) => `w${writer}`)
      const stores = [scene.store, other] as const
      if (isGuarded(subject)) await Promise.all(ids.map((id, at) => write(stores[at % 2 ? 0 : 1], saga.id, id)))
      else for (const [at, id] of ids.entries()) await write(stores[at % 2 ? 0 : 1], saga.id, id) // one after the other
      const events = (await scene.store.document(saga.id))?.history.events.slice(1)
      expect(events?.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    }),
  )
}

/** One event, decided again on the newest head after each conflict. */
async function write(store: Persistency, saga: string, id: string): Promise<void> {
  for (;;) {
    const read = (await store.load(saga)) as Loaded
    const settled = read.saga.owed.map((debt) => debt.id)
    const written = step(read.saga, 'asked again', { id, with: { settled } })
    const { kind } = await save(store, written, read.basis)
    if (kind === 'saved') return
    expect(kind).toBe('conflict')
  }
}

function counted(answers: readonly Saved[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of answers) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}
