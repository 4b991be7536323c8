import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import type { Outcome } from '../../../../src/orchestrator/corridor.ts'
import type { Persistency } from '../../../../src/ports/persistency.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import type { FakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

/** A store that cannot list owed commands, like plain REST (P17); `unguarded`: without tags too. */
export function forgetful({ unguarded = false } = {}): FakeStore {
  const inner = timelessMemory({ shared: true })
  const plain: Persistency = Object.assign(Object.create(inner) as Persistency, {
    can: { ...inner.can, compareAndSet: 'when-tagged', recovery: { by: 'redelivery' }, list: false },
    load: inner.load.bind(inner),
    applied: inner.applied.bind(inner),
    document: inner.document.bind(inner),
    probe: inner.probe.bind(inner),
    close: inner.close.bind(inner),
    save: async (...given: Parameters<Persistency['save']>) => {
      const saved = await inner.save(...given)
      return unguarded && saved.kind === 'saved' ? { ...saved, isUnguarded: true } : saved
    },
  })
  return fakeStore(plain)
}

/** Hands an event in without waiting for its answer. */
export function begin({ orchestrator, settle }: Stage, label: string, id = `key/${label}`) {
  const answers: Outcome[] = []
  const done = orchestrator.handle({ id, sagaId: 's1', label, payload: {} }).then((answer) => void answers.push(answer))
  return { answers, done, settled: () => settle().then(() => answers.map(({ kind }) => kind)) }
}

/** A creation that can be repeated under its key. */
export const creation = { id: 's1', entity: 'e', metadata: { n: 0 }, key: 'key/1' }

/** A saga whose first command is delivered. */
export async function begun(store = forgetful()): Promise<Stage> {
  const scene = stage({ store })
  scene.channel.always(DELIVERED)
  await scene.create()
  scene.channel.always(undefined)
  return scene
}

export const owed = async ({ store }: Stage) => ((await store.load('s1'))?.saga.owed ?? []).map(({ id }) => id)
