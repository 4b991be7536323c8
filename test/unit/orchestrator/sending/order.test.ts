import { expect, test } from 'vitest'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { forgetful } from '../recovery/redelivery-stage.ts'
import { stage } from '../stage.ts'

test.each([
  ['recovers by redelivery', () => forgetful()],
  ['is shared', () => fakeStore(timelessMemory({ shared: true }))],
  ['is ours alone', () => fakeStore()],
])('P13 what waited here until its time was over goes before later ones, where the store %s', async (_, open) => {
  const scene = stage({ store: open() })
  for (let n = 0; n < DEFAULTS.sendsAtOnce; n++) {
    void scene.orchestrator.create({ id: `other-${n}`, entity: 'e', metadata: {} })
  }
  await scene.settle()
  void scene.orchestrator.create({ id: 's1', entity: 'e', metadata: {} })
  await scene.settle()
  await scene.runtime.advance(DEFAULTS.leaseMargin + 500) // too late to be begun, while its lease lasts
  for (const n of [0, 1, 2]) scene.channel.answer(`other-${n}/0/0`)
  await scene.settle()
  const ours = () => scene.channel.ids.filter((id) => id.startsWith('s1/'))
  expect(ours()).toEqual([])
  void scene.orchestrator.handle({ id: 'key/1', sagaId: 's1', label: 'validationOK', payload: {} })
  await scene.settle()
  await scene.runtime.advance(100)
  expect(ours()[0] ?? 's1/0/0').toBe('s1/0/0')
})
