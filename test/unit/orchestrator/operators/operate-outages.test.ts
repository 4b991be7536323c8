import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Operated } from '../../../../src/orchestrator/operators/saga-operation.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import type { Stage } from '../stage.ts'
import { head, openOperated, operate } from './operate-stage.ts'

const HOLD = { sagaId: 's1', id: 'key/h', operator: 'zoe', reason: 'a look', action: { kind: 'hold' } } as const

async function opened(): Promise<Stage> {
  const play = openOperated()
  play.channel.always(DELIVERED)
  await play.create()
  await play.runtime.advance(10_000)
  return play
}

/** Lets time pass until the answer of a hold, which comes at the deadline. */
async function holdLate({ orchestrator, runtime }: Stage): Promise<Operated> {
  const operating = orchestrator.operate(HOLD)
  await runtime.advance(DEFAULTS.deadline)
  return operating
}

describe('P6 an action whose answer came at the deadline', () => {
  const LATE = { kind: 'unavailable', why: 'the store had not answered by the deadline' }

  test('P6 it is not begun after events that hold the saga up', async () => {
    const play = await opened()
    const gate = Promise.withResolvers<void>()
    const save = play.store.save.bind(play.store)
    play.store.save = async (...given) => {
      await gate.promise
      return save(...given)
    }
    void play.orchestrator.handle({ id: 'e', sagaId: 's1', label: 'on', payload: {} })
    expect(await holdLate(play)).toEqual(LATE)
    gate.resolve()
    await play.runtime.advance(10_000)
    expect(await head(play)).toMatchObject({ state: 'b', hold: undefined })
  })

  test('P6 it writes nothing once its read comes late', async () => {
    const play = await opened()
    const gate = Promise.withResolvers<void>()
    const load = play.store.load.bind(play.store)
    play.store.load = async (id) => {
      await gate.promise
      return load(id)
    }
    expect(await holdLate(play)).toEqual(LATE)
    gate.resolve()
    await play.runtime.advance(10_000)
    expect((await head(play)).hold).toBeUndefined()
  })

  test('P2 P21 it is tried no more while other writers are always faster', async () => {
    const play = await opened()
    play.store.trouble(...Array.from({ length: 10_000 }, () => 'conflict' as const))
    await holdLate(play)
    await play.runtime.advance(1_000)
    const { length } = play.store.saves
    await play.runtime.advance(20_000)
    expect(play.store.saves).toHaveLength(length)
    expect((await head(play)).hold).toBeUndefined()
  })

  test('P6 a write that fails until then has the reason', async () => {
    const play = await opened()
    play.store.refuse('s1')
    expect(await operate(play, { kind: 'hold' })).toEqual({ kind: 'unavailable', why: 'this one cannot be written' })
  })
})

describe('P25 the key of an action that was carried out', () => {
  test('P25 the mismatch names the first action, its instant, and other arguments', async () => {
    const play = await opened()
    const at = new Date(play.runtime.wallClock()).toISOString()
    await operate(play, { kind: 'move', state: 'b', command: false }, 'key/1')
    const expected = (first: string, now: string) => ({
      kind: 'mismatch',
      sagaId: 's1',
      operation: 'key/1',
      why: `the operation "key/1" of this saga was ${first} at ${at}, expected another idempotency-key for this "${now}"`,
    })
    const other = { kind: 'move', state: 'c', command: false } as const
    expect(await operate(play, other, 'key/1')).toEqual(expected('a "move" with other arguments', 'move'))
    expect(await operate(play, { kind: 'hold' }, 'key/1')).toEqual(expected('a "move"', 'hold'))
  })

  test('I4 P25 an event whose record is no longer kept is known by its step', async () => {
    const play = await opened()
    const event = { kind: 'send-event', label: 'on', payload: {} } as const
    await operate(play, event, 'key/e')
    for (let at = 0; at < 101; at++) await operate(play, { kind: 'patch-metadata', metadata: { at } })
    expect((await head(play)).operations?.some(({ id }) => id === 'key/e')).toBe(false)
    expect(await operate(play, event, 'key/e')).toEqual({ kind: 'repeated', sagaId: 's1', state: 'b' })
    expect((await head(play)).state).toBe('b')
  })
})
