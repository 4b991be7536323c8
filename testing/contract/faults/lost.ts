import { expect } from 'vitest'
import type { Loaded } from '../../../src/ports/persistency.ts'
import { amend, birth, step } from '../build.ts'
import { create, move, save } from '../saves.ts'
import { expectStored, labels } from '../subject.ts'
import type { FaultSubject, Loss } from './link.ts'
import { besides, insistSaved, troubled } from './stage.ts'

const LOST: readonly Loss[] = ['request', 'answer']
const GROUP = 8

/** A save that threw has landed or not; the same change again gets the right answer (P6). */
export function lost(subject: FaultSubject): void {
  for (const what of LOST) {
    const P6 = `P6 the ${what} is lost`
    troubled(
      subject,
      { kind: 'lost', title: `${P6} of a creation: its repeat is saved, once` },
      async ({ store, line, fails }) => {
        for (const born of [birth({ metadata: { n: 1 } }), birth({ fingerprint: 'by key' })]) {
          line.lose(what, born.change.writeId)
          await fails(save(store, born, 'absent'))
          expect((await store.load(born.next.id)) !== undefined, 'it has landed').toBe(what === 'answer')
          const made = await insistSaved(store, born, 'absent')
          await expectStored(store, await move(store, made, 'reserved'))
          expect(await labels(store, born.next.id)).toEqual(['orderPlaced', 'reserved'])
        }
      },
    )

    troubled(
      subject,
      { kind: 'lost', title: `${P6} of a step: its repeat is saved, once` },
      async ({ store, line, fails }) => {
        const made = await create(store)
        const moved = step(made.saga, 'asked again')
        line.lose(what, moved.change.writeId)
        await fails(save(store, moved, made.basis))
        expect(await labels(store, made.saga.id)).toHaveLength(what === 'answer' ? 2 : 1)
        const again = await insistSaved(store, moved, made.basis)
        await expectStored(store, await move(store, again, 'reserved'))
        expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'asked again', 'reserved'])
      },
    )

    troubled(
      subject,
      { kind: 'lost', title: `${P6} of bookkeeping: its repeat is saved` },
      async ({ store, line, fails }) => {
        const made = await create(store)
        const settled = amend(made.saga, { settled: made.saga.owed.map(({ id }) => id) })
        line.lose(what, settled.change.writeId)
        await fails(save(store, settled, made.basis))
        await expectStored(store, await insistSaved(store, settled, made.basis))
        expect(await labels(store, made.saga.id)).toEqual(['orderPlaced'])
      },
    )

    const late = what === 'answer' ? 'duplicate' : 'conflict'
    troubled(
      subject,
      { kind: 'lost', title: `${P6} of a step, and another writer follows: a ${late}` },
      async (scene) => {
        const { store, line, fails } = scene
        const made = await create(store)
        const mine = step(made.saga, 'asked again')
        line.lose(what, mine.change.writeId)
        await fails(save(store, mine, made.basis))
        await besides(scene, async (other) => {
          const theirs = await move(other, (await other.load(made.saga.id)) as Loaded, 'reserved')
          expect(await save(store, mine, made.basis)).toEqual({ kind: late })
          await expectStored(store, theirs)
        })
        const mineToo = what === 'answer' ? ['asked again'] : []
        expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', ...mineToo, 'reserved'])
      },
    )

    troubled(
      subject,
      { kind: 'lost', title: `${P6} of one of a group: each has its own verdict (P20)` },
      async ({ store, line }) => {
        const made = await Promise.all(Array.from({ length: GROUP }, () => create(store)))
        const steps = made.map(({ saga }) => step(saga, 'asked again'))
        line.lose(what, steps[GROUP / 2]?.change.writeId ?? '')
        const saves = () => steps.map((one, at) => save(store, one, made[at]?.basis ?? ''))
        for (const first of await Promise.allSettled(saves())) {
          if (first.status === 'fulfilled') expect(first.value.kind).toBe('saved')
          else expect(first.reason).toMatchObject({ code: 'store-unavailable' })
        }
        for (const again of await Promise.all(saves())) expect(again.kind).toBe('saved')
        for (const { next } of steps) await expectStored(store, { saga: next })
        for (const { next } of steps) expect(await labels(store, next.id)).toEqual(['orderPlaced', 'asked again'])
      },
    )
  }
}
