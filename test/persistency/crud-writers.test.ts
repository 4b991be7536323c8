import { expect, test } from 'vitest'
import { birth, step } from '../../testing/contract/build.ts'
import { create, save } from '../../testing/contract/saves.ts'
import { serviceForTest, storeOf } from './crud-scene.ts'

test('P20 a refused group is repeated one by one: the bad save fails, the others are saved', async () => {
  const service = await serviceForTest()
  const store = storeOf(service)
  const made = await Promise.all(Array.from({ length: 5 }, () => create(store)))
  service.collection.refuse((text) => text.includes('poison'))
  const answers = await Promise.allSettled(
    made.map(({ saga, basis }, n) =>
      save(store, step(saga, 'reserved', { payload: { is: n === 2 ? 'poison' : '' } }), basis),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
})

test('P2 a saga that is no longer published is a conflict for its writer and unknown to its reader', async () => {
  const service = await serviceForTest()
  const store = storeOf(service)
  const made = await create(store)
  service.collection.meddle(made.saga.id, { __STATE__: 'TRASH' })
  expect(await save(store, step(made.saga, 'reserved'), made.basis)).toEqual({ kind: 'conflict' })
  expect(await store.load(made.saga.id)).toBeUndefined()
  expect(await save(store, birth({ id: made.saga.id }), 'absent')).toEqual({ kind: 'conflict' })
})
