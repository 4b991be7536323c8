import { expect, test } from 'vitest'
import type { Saved } from '../../src/ports/persistency.ts'
import { birth, step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'
import { labels } from '../../testing/contract/subject.ts'
import { serviceForTest, storeOf } from './crud-scene.ts'

test('I8 of 50 writers on one saga, from two processes, one wins, also when the service is slow', async () => {
  const service = await serviceForTest()
  const [one, other] = [storeOf(service), storeOf(service)]
  const made = await create(one)
  service.trouble.slow = 50
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => save(n % 2 ? one : other, step(made.saga, 'asked again'), made.basis)),
  )
  expect(kinds(answers)).toEqual({ saved: 1, conflict: 49 })
})

test('P21 two processes with stale heads: each conflict is told, and a fresh read goes on', async () => {
  const service = await serviceForTest()
  const [one, other] = [storeOf(service), storeOf(service)]
  let mine = await create(one)
  for (let n = 0; n < 5; n++) {
    const theirs = await other.load(mine.saga.id)
    if (theirs === undefined) throw new Error('it is there')
    await move(other, theirs, 'asked again')
    expect(await save(one, step(mine.saga, 'asked again'), mine.basis)).toEqual({ kind: 'conflict' })
    mine = (await one.load(mine.saga.id)) ?? mine
    mine = await move(one, mine, 'asked again')
  }
  expect(await labels(one, mine.saga.id)).toHaveLength(11)
})

test('P20 a group that is refused is repeated one by one: who is at fault is told, the others are saved', async () => {
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

function kinds(answers: readonly Saved[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of answers) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}
