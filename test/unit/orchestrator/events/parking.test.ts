import { describe, expect, test } from 'vitest'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'
import { LINE, diesAfter, park, stateOf } from './parking-stage.ts'

describe('parking', () => {
  test('P10 an early event is parked once, and taken after the move that it waited for', async () => {
    const { tell, store, labels, settle } = await park()
    expect(await tell('to-c', 'early')).toEqual({ kind: 'parked', sagaId: 's1', state: 'a' })
    const writes = store.saves.length
    expect(await tell('to-c', 'early')).toEqual({ kind: 'parked', sagaId: 's1', state: 'a' })
    expect(store.saves).toHaveLength(writes)
    expect(await tell('to-b')).toEqual({ kind: 'moved', sagaId: 's1', state: 'b' })
    await settle()
    expect(await labels()).toEqual(['made', 'to-b', 'to-c'])
    expect((await store.document('s1'))?.parked).toBeUndefined()
    expect(await tell('to-c', 'early')).toMatchObject({ kind: 'duplicate' })
  })

  test('P10 C7 an event that no state lists is parked with a warning, which has the events of the state', async () => {
    const { tell, runtime } = await park()
    for (const label of ['to-c', 'to-bb']) expect(await tell(label)).toMatchObject({ kind: 'parked' })
    const lines = runtime.logged.filter(({ code }) => /^event\.(?:parked|unlisted)$/.test(code))
    expect(lines.map(({ level, code, fields }) => [level, code, fields?.['label']])).toEqual([
      ['debug', 'event.parked', 'to-c'],
      ['warn', 'event.unlisted', 'to-bb'],
    ])
    expect(lines[1]?.fields).toMatchObject({ saga: 's1', state: 'a', expected: ['to-b'] })
  })

  test('P10 P30 several in a row are taken in one turn, one write each, and the rest is dropped at the end', async () => {
    const { tell, store, labels, settle, channel, metrics, runtime } = await park()
    for (const label of ['to-end', 'to-d', 'never', 'to-c']) expect(await tell(label)).toMatchObject({ kind: 'parked' })
    const before = store.saves.length
    await tell('to-b')
    await settle()
    expect(await labels()).toEqual(['made', 'to-b', 'to-c', 'to-d', 'to-end'])
    expect(store.saves.slice(before).filter(({ step }) => step !== undefined)).toHaveLength(4)
    expect(channel.begun.map(({ label }) => label)).toEqual(['do-a', 'do-b', 'do-c', 'do-d'])
    expect((await store.document('s1'))?.parked).toBeUndefined()
    expect(metrics.times('count parked-taken')).toBe(3)
    expect(metrics.times('count parked-dropped')).toBe(1)
    expect(runtime.logged).toContainEqual(
      expect.objectContaining({ code: 'event.dropped', fields: expect.objectContaining({ labels: ['never'] }) }),
    )
  })

  test('P21 an event that fits by the time of the conflict is applied, not parked', async () => {
    const store = fakeStore()
    const slow = await park({ store })
    const fast = stage({ definition: LINE, store, runtime: simulatedRuntime(2), unexpectedEvents: 'park' })
    await fast.tell('to-b')
    expect(await slow.tell('to-c')).toMatchObject({ kind: 'moved', state: 'c' })
  })

  test('P10 I9 a process that dies between the move and the offer leaves the event due: the next one offers it', async () => {
    const { tell, store, stop } = await park()
    await tell('to-c')
    diesAfter(store, ({ step }) => step?.event.label === 'to-b')
    await tell('to-b')
    await stop()
    store.mend()
    expect(await stateOf(store)).toBe('b')
    const next = stage({ definition: LINE, store, runtime: simulatedRuntime(2), unexpectedEvents: 'park' })
    next.orchestrator.start()
    await next.runtime.advance(7_000)
    expect(await stateOf(store)).toBe('c')
  })

  test('P10 I9 an event that is refused leaves the next one due', async () => {
    const { orchestrator, tell, store, stop } = await park({ maxSagaSize: 4_000 })
    const payload = { text: 'x'.repeat(1_500) }
    await orchestrator.handle({ id: 'large', sagaId: 's1', label: 'to-c', payload })
    await tell('to-c', 'small')
    diesAfter(store, ({ dead }) => dead !== undefined)
    await orchestrator.handle({ id: 'now', sagaId: 's1', label: 'to-b', payload: { more: 'y'.repeat(3_000) } })
    await stop()
    store.mend()
    const next = stage({ definition: LINE, store, runtime: simulatedRuntime(2), unexpectedEvents: 'park' })
    next.orchestrator.start()
    await next.runtime.advance(7_000)
    expect(await store.document('s1')).toMatchObject({ currentState: 'c', deadLetters: [{ id: 'large' }] })
  })

  test('P10 an expired event is a dead letter, found by the sweep, logged and counted', async () => {
    const { tell, store, runtime, orchestrator, metrics } = await park({ parking: { limit: 3, timeToLive: 60_000 } })
    orchestrator.start()
    await tell('to-d')
    await runtime.advance(62_000)
    const document = await store.document('s1')
    expect(document?.parked).toBeUndefined()
    expect(document?.deadLetters).toMatchObject([{ kind: 'event', id: 'key/to-d', label: 'to-d' }])
    expect(metrics.times('count parked-expired')).toBe(1)
    expect(runtime.logged.filter(({ code }) => code === 'event.expired')).toHaveLength(1)
  })

  test('P10 I4 a parked event that another process had applied before is dropped, and is not taken', async () => {
    const { tell, store, settle, runtime, metrics } = await park()
    await tell('to-c', 'early')
    const save = store.save.bind(store)
    store.save = async (...given) => (given[0].step?.event.id === 'early' ? { kind: 'duplicate' } : save(...given))
    await tell('to-b')
    await settle()
    expect(await store.document('s1')).toMatchObject({ currentState: 'b' })
    expect((await store.document('s1'))?.parked).toBeUndefined()
    expect(metrics.times('count parked-taken')).toBe(0)
    expect(runtime.logged.filter(({ code }) => code === 'event.taken')).toEqual([])
  })

  test('P10 a full saga answers how many it keeps, a repeat is parked all the same, and a final state parks none', async () => {
    const { tell, store } = await park({ parking: { limit: 1, timeToLive: 60_000 } })
    await tell('to-d')
    expect(await tell('never')).toEqual({ kind: 'parking-full', sagaId: 's1', limit: 1 })
    expect(await tell('to-d')).toMatchObject({ kind: 'parked' })
    for (const label of ['to-b', 'to-c', 'to-end']) await tell(label)
    expect((await store.document('s1'))?.isFinal).toBe(true)
    expect(await tell('later')).toMatchObject({ kind: 'unexpected' })
  })

  test('P24 parked events take at most half of the limit', async () => {
    const { orchestrator } = await park({ maxSagaSize: 4_000 })
    const payload = { text: 'x'.repeat(1_500) }
    const told = (id: string) => orchestrator.handle({ id, sagaId: 's1', label: 'to-d', payload })
    expect(await told('1')).toMatchObject({ kind: 'parked' })
    expect(await told('2')).toEqual({ kind: 'too-large', limit: 2_000, part: 'parked' })
  })

  test('P10 a parked event that the store refuses when it is offered is a dead letter, and the saga goes on', async () => {
    const { orchestrator, tell, store, settle } = await park({ maxSagaSize: 4_000 })
    const told = (id: string, label: string, text: string) =>
      orchestrator.handle({ id, sagaId: 's1', label, payload: { [label]: text } })
    await told('early', 'to-c', 'x'.repeat(1_500))
    expect(await told('now', 'to-b', 'y'.repeat(3_000))).toMatchObject({ kind: 'moved' })
    await settle()
    expect(await store.document('s1')).toMatchObject({
      currentState: 'b',
      deadLetters: [{ kind: 'event', id: 'early' }],
    })
    expect(await tell('to-c')).toMatchObject({ kind: 'moved', state: 'c' })
  })
})

describe('held sagas', () => {
  test('P26 a held saga parks every event, whatever the setting, and takes them in order when it is released', async () => {
    const { tell, store, labels, orchestrator, settle } = await park({ unexpectedEvents: 'ignore' })
    const operation = { sagaId: 's1', operator: 'zoe', reason: 'a look' } as const
    await orchestrator.operate({ ...operation, id: 'hold', action: { kind: 'hold' } })
    for (const label of ['to-b', 'to-c']) expect(await tell(label)).toMatchObject({ kind: 'parked', state: 'a' })
    await orchestrator.operate({ ...operation, id: 'release', action: { kind: 'release' } })
    await settle()
    expect(await labels()).toEqual(['made', 'to-b', 'to-c'])
    expect((await store.document('s1'))?.parked).toBeUndefined()
  })

  test('P26 the hold of an event that was applied before is no reason to park it again', async () => {
    const { tell, orchestrator } = await park()
    await tell('to-b')
    const operation = { sagaId: 's1', operator: 'zoe', reason: 'a look', id: 'hold' } as const
    await orchestrator.operate({ ...operation, action: { kind: 'hold' } })
    expect(await tell('to-b')).toMatchObject({ kind: 'duplicate' })
  })
})

test('P10 P17 with recovery by redelivery a move is answered after the commands of the parked event that it lets in', async () => {
  const store = fakeStore()
  Object.assign(store, { can: { ...store.can, recovery: { by: 'redelivery' } } })
  const { tell, channel, orchestrator, runtime } = await park({ store })
  await tell('to-c')
  channel.always(undefined)
  const event = { id: 'key/to-b', sagaId: 's1', label: 'to-b', payload: {} }
  const answers: string[] = []
  void orchestrator.handle(event).then(({ kind }) => answers.push(kind))
  await runtime.advance(0)
  channel.answer('s1/1/0')
  await runtime.advance(0)
  expect([channel.ids.at(-1), answers]).toEqual(['s1/2/0', []])
  channel.answer('s1/2/0')
  await runtime.advance(0)
  expect(answers).toEqual(['moved'])
})
