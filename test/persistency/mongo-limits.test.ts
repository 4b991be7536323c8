import { expect, onTestFinished, test } from 'vitest'
import { limitOf } from '../../adapters/persistency/mongo/failure.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { birth, fresh, step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { expectStored } from '../../testing/contract/subject.ts'
import { describeMongo } from '../services/mongo.ts'

describeMongo('mongo, at its limits', (mongo) => {
  async function open(collection = fresh('sagas')): Promise<Persistency> {
    const store = await mongo.open(collection)
    onTestFinished(() => store.close())
    return store
  }

  test('P24 too large by its metadata is told with the limit of metadata', async () => {
    const tooLarge = birth({ metadata: { text: 'x'.repeat(5_200_000) } })
    expect(await save(await open(), tooLarge, 'absent')).toEqual({ kind: 'too-large', limit: 5_000_000 })
  })

  test('P24 P3 a saga with too large debts is refused with the document’s limit and can still be settled', async () => {
    const store = await open()
    let saga = await create(store, { metadata: { text: 'x'.repeat(4_900_000) } })
    for (let n = 0; n < 2; n++) saga = await move(store, saga, { label: 'asked again', payload: { n } })
    const next = step(saga.saga, 'asked again')
    expect(await save(store, next, saga.basis)).toEqual({ kind: 'too-large', limit: 16_000_000 })
    const settled = await note(store, saga, { settled: saga.saga.owed.map(({ id }) => id) })
    await expectStored(store, await move(store, settled, 'asked again'))
  })
})

// The stand-in server accepts documents of any size.
test.each([10_334, 17_419, 17_420])('P24 too large by its history: %i is told with the limit of a document', (code) => {
  expect(limitOf({ code })).toBe(16_777_216)
})
