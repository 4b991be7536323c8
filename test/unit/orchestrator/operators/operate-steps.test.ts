import { describe, expect, test } from 'vitest'
import { keptOf } from '../../../../src/engine/dead-letters.ts'
import { pathProblems } from '../../../../testing/checker/path.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { DEFINITION, amend, head, openOperated, operate } from './operate-stage.ts'

describe('move', () => {
  test('I3 P25 a move is a step marked with its operation, and a write of its own', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    const before = play.store.saves.length
    const moved = await operate(play, { kind: 'move', state: 'b', command: true }, 'key/m')
    expect(moved).toMatchObject({ kind: 'done', state: 'b', details: { from: 'a', to: 'b' } })
    expect(play.store.saves).toHaveLength(before + 1)
    const document = await play.store.document('s1')
    expect(document?.history.events.at(-1)).toMatchObject({ event: '__moved__', id: 'key/m', operation: 'key/m' })
    expect(document?.history.operations).toMatchObject([{ id: 'key/m', action: 'move' }])
    expect(await play.tell('on')).toMatchObject({ kind: 'moved', state: 'c' })
  })

  test('I3 a history with marked steps is a path; without the marks it is none', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await operate(play, { kind: 'move', state: 'c', command: false })
    await operate(play, { kind: 'patch-metadata', metadata: { n: 1 } })
    await play.tell('late')
    await operate(play, { kind: 'cancel', state: 'cancelled' })
    const document = await play.store.document('s1')
    if (document === undefined) throw new Error('there is no saga')
    expect(pathProblems(DEFINITION, document)).toEqual([])
    const { states, events } = document.history
    const unmarked = events.map(({ event, timestamp, id, machine }) => ({ event, timestamp, id, machine }))
    expect(pathProblems(DEFINITION, { ...document, history: { states, events: unmarked } })).toEqual([
      '"a" does not list "__moved__"',
      '"c" does not list "__metadata_patched__"',
      '"b" does not list "__cancelled__"',
    ])
  })

  test('P5 with its command, hooks run and side effects are sent; without, nothing is', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await operate(play, { kind: 'move', state: 'c', command: false })
    await play.settle()
    expect([play.channel.ids, play.other.ids]).toEqual([['s1/0/0'], []])
    await operate(play, { kind: 'move', state: 'c', command: true })
    await play.settle()
    expect(play.channel.begun.at(-1)).toMatchObject({ id: 's1/2/0', body: '"made"' })
    expect(play.other.ids).toEqual(['s1/2/1'])
  })

  test('P3 a move wipes no debt: the command of the state left keeps its bytes', async () => {
    const play = openOperated()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'patch-metadata', metadata: { n: 5 } })
    await operate(play, { kind: 'move', state: 'b', command: true })
    expect((await head(play)).owed).toMatchObject([{ id: 's1/0/0', payload: { n: 0 } }])
  })

  test('P25 an unknown state is invalid, with the nearest one', async () => {
    const play = openOperated()
    await play.create()
    const why = 'state must be a state of the machine: found "dome", the nearest is "done"'
    expect(await operate(play, { kind: 'move', state: 'dome', command: true })).toEqual({ kind: 'invalid', why })
  })

  test('P26 a held saga moves, and sends after its release', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'hold' })
    const moved = await operate(play, { kind: 'move', state: 'c', command: true })
    expect(moved).toEqual({
      kind: 'done',
      sagaId: 's1',
      state: 'c',
      details: { from: 'a', to: 'c', command: true, held: ['s1/1/0', 's1/1/1'] },
    })
    await play.settle()
    expect([play.channel.ids, play.other.ids]).toEqual([['s1/0/0'], []])
    await operate(play, { kind: 'release' })
    await play.settle()
    expect([play.channel.ids, play.other.ids]).toEqual([['s1/0/0', 's1/1/0'], ['s1/1/1']])
  })

  test('P10 P26 events that came during a hold are taken after the release, in their order', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await operate(play, { kind: 'hold' })
    expect(await play.tell('on', 'key/1')).toMatchObject({ kind: 'parked', state: 'a' })
    expect(await play.tell('on', 'key/2')).toMatchObject({ kind: 'parked', state: 'a' })
    expect(await operate(play, { kind: 'release' })).toMatchObject({ kind: 'done', state: 'a' })
    await play.settle()
    expect(await head(play)).toMatchObject({ state: 'c', parked: [], hold: undefined })
    expect(play.channel.begun.at(-1)).toMatchObject({ id: 's1/2/0', body: '"made"' })
  })

  test('P10 a parked event that fits the state of a move is taken after it, and one that a drop uncovers too', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await operate(play, { kind: 'hold' })
    await play.tell('late', 'key/l')
    await operate(play, { kind: 'release' })
    await operate(play, { kind: 'move', state: 'c', command: false })
    await play.settle()
    expect(await head(play)).toMatchObject({ state: 'b', parked: [], latestEvent: 'late' })
  })

  test('P10 I6 into a final state parked events are dropped, out of one the saga goes on', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    const event = keptOf({ id: 'e', sagaId: 's1', label: 'late', payload: {} })
    await amend(play, { parked: [{ event, since: 1, expires: 9e12 }] })
    expect(await operate(play, { kind: 'move', state: 'done', command: true })).toMatchObject({
      details: { droppedEvents: ['e'], droppedLabels: [expect.any(String)] },
    })
    expect(await head(play)).toMatchObject({ isFinal: true, parked: [] })
    await operate(play, { kind: 'move', state: 'b', command: true })
    expect(await play.tell('on')).toMatchObject({ kind: 'moved', state: 'c' })
  })
})

describe('patch-metadata', () => {
  test('P25 a merge patch is a step in which the saga stays; the command of the state keeps its content', async () => {
    const play = openOperated()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    const entered = (await head(play)).enteredAt
    await play.runtime.advance(1_000)
    const metadata = { n: null, address: { street: 'B' } }
    expect(await operate(play, { kind: 'patch-metadata', metadata })).toMatchObject({
      details: { keys: ['n', 'address'] },
    })
    expect(await head(play)).toMatchObject({
      state: 'a',
      metadata: { address: { street: 'B' } },
      enteredAt: entered,
      owed: [{ payload: { n: 0 } }],
    })
    expect((await play.store.document('s1'))?.history.events).toHaveLength(2)
  })

  test('P24 a patch that makes the saga too large is refused, and nothing is written', async () => {
    const play = openOperated({ maxSagaSize: 500 })
    await play.create()
    const patch = { kind: 'patch-metadata', metadata: { text: 'x'.repeat(600) } } as const
    expect(await operate(play, patch)).toMatchObject({ kind: 'too-large', part: 'metadata' })
    expect((await head(play)).operations).toBeUndefined()
  })
})
