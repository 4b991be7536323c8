import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { passing, stage } from '../stage.ts'

describe('unknown fate', () => {
  test('P6 a save whose answer was lost is repeated unchanged and turns out to have landed', async () => {
    const { create, tell, store, channel } = stage()
    await create()
    store.trouble('after')
    expect(await tell('validationOK')).toMatchObject({ kind: 'moved' })
    const [, first, again] = store.saves
    expect(again).toBe(first)
    expect((await store.document('s1'))?.history.events).toHaveLength(2)
    expect(channel.ids).toEqual(['s1/0/0', 's1/1/0'])
  })

  test('P6 a save that did not land is repeated unchanged until it does', async () => {
    const { create, tell, store } = stage()
    await create()
    store.trouble('before', 'before', 'before')
    expect(await tell('validationOK')).toMatchObject({ kind: 'moved' })
    expect(new Set(store.saves.slice(1).map(({ writeId }) => writeId)).size).toBe(1)
    expect((await store.document('s1'))?.history.events).toHaveLength(2)
  })

  test('P6 I1 while the fate is unknown the answer is unavailable and no command leaves', async () => {
    const { create, tell, store, channel } = stage()
    await create()
    store.down()
    expect(await tell('validationOK')).toMatchObject({ kind: 'unavailable', why: 'the store is down' })
    expect(channel.ids).toEqual(['s1/0/0'])
    store.mend()
    expect(await tell('validationOK')).toMatchObject({ kind: 'moved' })
  })

  test('P6 a creation whose answer was lost exists once', async () => {
    const { create, store, channel } = stage()
    store.trouble('after')
    await create()
    expect((await store.document('s1'))?.history.events).toHaveLength(1)
    expect(channel.ids).toEqual(['s1/0/0'])
  })

  test('P8 the same key and body is the same saga, another body is a mismatch', async () => {
    const { orchestrator, runtime, channel } = stage()
    const order = { id: 's1', entity: 'e', metadata: { n: 1 }, key: 'key/k' }
    const kind = async (change: object) => (await passing(runtime, orchestrator.create({ ...order, ...change }))).kind
    expect(await kind({})).toBe('created')
    expect(await kind({})).toBe('repeated')
    expect(await kind({ metadata: { n: 2 } })).toBe('mismatch')
    expect(await kind({ entity: 'other' })).toBe('mismatch')
    expect(channel.ids).toEqual(['s1/0/0'])
  })
})

describe('deadlines', () => {
  test('P21 the deadline runs from arrival: events that wait behind a stuck one do not wait it out one after the other', async () => {
    const { create, tell, store, runtime } = stage()
    await create()
    store.down()
    const start = runtime.monotonic()
    const outcomes = await Promise.all([tell('validationOK'), tell('validationKO'), tell('checkOK')])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable', 'unavailable'])
    expect(runtime.monotonic() - start).toBeLessThan(2 * DEFAULTS.deadline)
  })
})
