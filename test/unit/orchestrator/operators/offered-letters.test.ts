import { describe, expect, test } from 'vitest'
import type { DeadEvent } from '../../../../src/engine/saga.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import type { Trouble } from '../../../fakes/store.ts'
import type { Stage } from '../stage.ts'
import { amend, head, openOperated, operate } from './operate-stage.ts'

function letter(id: string, label: string, why = 'expired'): DeadEvent {
  return { kind: 'event', id, label, payload: {}, why, since: 1, attempts: 0 }
}

async function opened(): Promise<Stage> {
  const play = openOperated()
  play.channel.always(DELIVERED)
  await play.create()
  await play.runtime.advance(10_000)
  return play
}

/** The save with this number from now on, beginning with 0, meets trouble. */
function troubleAt(number: number, { store }: Stage, trouble: Trouble): void {
  const save = store.save.bind(store)
  let saves = 0
  store.save = (...given) => {
    if (saves++ === number) store.trouble(trouble)
    return save(...given)
  }
}

describe('P10 dead events that are offered again', () => {
  test('P10 P25 once another writer is first, the rest stay dead letters, and a further redelivery takes them', async () => {
    const play = await opened()
    await amend(play, { dead: [letter('1', 'on'), letter('2', 'on')] })
    troubleAt(2, play, 'conflict') // the record, then the first event
    expect(await operate(play, { kind: 'redeliver' })).toEqual({
      kind: 'done',
      sagaId: 's1',
      state: 'b',
      details: { offered: ['1', '2'], taken: ['1'], stayed: ['2'] },
    })
    expect((await head(play)).deadLetters).toMatchObject([{ id: '2', why: 'expired' }])
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ state: 'c', details: { taken: ['2'] } })
    expect((await head(play)).deadLetters).toEqual([])
  })

  test('I4 P10 an event that was applied before, and fits no more, is dropped', async () => {
    const play = await opened()
    await play.tell('on')
    await amend(play, { dead: [letter('key/on', 'on')] })
    await play.tell('on', 'key/2')
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({
      state: 'c',
      details: { offered: ['key/on'], taken: ['key/on'] },
    })
    expect(await head(play)).toMatchObject({ state: 'c', length: 3, deadLetters: [] })
  })

  test('P10 a letter that stays is written again with a new reason alone', async () => {
    const play = await opened()
    const why = 'the saga is in "a", which expects "on", not "never"'
    await amend(play, { dead: [letter('n', 'never'), letter('l', 'late', why.replace('never', 'late'))] })
    const before = play.store.saves.length
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ details: { stayed: ['n', 'l'] } })
    expect(play.store.saves.slice(before)).toMatchObject([{}, { dead: [{ id: 'n', why }] }])
    const now = play.store.saves.length
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ details: { stayed: ['l', 'n'] } })
    expect(play.store.saves).toHaveLength(now + 1)
  })
})
