import { expect, test } from 'vitest'
import type { SagaId } from '../../../src/engine/saga.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import { fresh } from '../build.ts'
import { Participants, Process } from './host.ts'
import type { FaultSubject } from './link.ts'
import { onScene } from './stage.ts'

const OTHERS = 100

/** One save that hangs holds up its own saga alone (I5): neither creations nor events of others wait for it. */
export function heldSave(subject: FaultSubject): void {
  test('I5 the save of one saga hangs: those of all others go on', { timeout: 60_000 }, () =>
    onScene(subject, async ({ store }) => {
      const stuck = fresh('saga')
      const release = Promise.withResolvers<void>()
      const process = new Process(holding(store, stuck, release.promise), new Participants())
      try {
        const slow = process.create(stuck)
        const others = Array.from({ length: OTHERS }, () => fresh('saga'))
        const created = await Promise.all(others.map((id) => process.create(id)))
        const moved = await Promise.all(others.map((id) => process.tell(id, `event of ${id}`)))
        // Where recovery is by redelivery, a request may be acknowledged only when it comes again (P17).
        for (const kind of created) expect(['created', 'repeated']).toContain(kind)
        for (const kind of moved) expect(['moved', 'duplicate']).toContain(kind)
        expect(await store.load(stuck)).toBe(undefined)
        release.resolve()
        expect(['created', 'repeated']).toContain(await slow)
        expect((await store.load(stuck))?.saga.id).toBe(stuck)
      } finally {
        release.resolve()
        await process.stop()
      }
    }),
  )
}

/** A store whose saves of one saga wait. */
function holding(store: Persistency, held: SagaId, until: Promise<void>): Persistency {
  return {
    name: store.name,
    can: store.can,
    load: (id) => store.load(id),
    async save(change, next, basis) {
      if (next.id === held) await until
      return store.save(change, next, basis)
    },
    applied: (id, event, label) => store.applied(id, event, label),
    document: (id) => store.document(id),
    probe: () => store.probe(),
    close: () => store.close(),
  }
}
