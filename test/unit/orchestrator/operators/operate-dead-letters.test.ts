import { describe, expect, test } from 'vitest'
import { keptOf } from '../../../../src/engine/dead-letters.ts'
import type { DeadEvent } from '../../../../src/engine/saga.ts'
import { BUSY, DELIVERED, fakeChannel } from '../../../fakes/channel.ts'
import { amend, head, openOperated, operate } from './operate-stage.ts'

describe('drops', () => {
  const event = (id: string, label: string) => keptOf({ id, sagaId: 's1', label, payload: {} })

  test('P10 a parked event is dropped by its id, or by id and label', async () => {
    const play = openOperated()
    await play.create()
    const parked = [event('e', 'x'), event('e', 'y'), event('f', 'x')]
    await amend(play, { parked: parked.map((one) => ({ event: one, since: 1, expires: 9e12 })) })
    await operate(play, { kind: 'drop-parked', event: 'e', label: 'y' })
    expect((await head(play)).parked.map(({ event }) => [event.id, event.label])).toEqual([
      ['e', 'x'],
      ['f', 'x'],
    ])
    expect(await operate(play, { kind: 'drop-parked', event: 'g' })).toMatchObject({ kind: 'refused' })
    await operate(play, { kind: 'drop-parked', event: 'e' })
    expect((await head(play)).parked).toHaveLength(1)
  })

  test('P15 a dead letter is dropped without being sent', async () => {
    const play = openOperated({ channel: fakeChannel('reservations', 10_000, 1) })
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    const drop = { kind: 'drop-dead-letter', letter: 's1/0/0' } as const
    expect(await operate(play, drop)).toMatchObject({ details: { dropped: ['s1/0/0'], labels: ['begin'] } })
    expect(await head(play)).toMatchObject({ deadLetters: [], owed: [] })
    expect(await operate(play, drop)).toMatchObject({ kind: 'refused', why: 'the saga has no dead letter "s1/0/0"' })
  })
})

describe('redeliver of dead letters that are no plain commands', () => {
  test('P5 a hook that failed runs again with the saga of its own step; one that fails again has the new reason', async () => {
    const seen: unknown[] = []
    let fails: string | undefined = 'no price'
    const ship = ({ saga }: { saga: Readonly<Record<string, unknown>> }) => {
      seen.push([saga['currentState'], saga['metadata'], (saga['history'] as { events: unknown[] }).events.length])
      if (fails !== undefined) throw new Error(fails)
      return { payload: 'made' }
    }
    const play = openOperated({ hooks: { ship } })
    play.channel.always(DELIVERED)
    await play.create()
    await play.tell('on')
    await play.tell('on', 'key/2')
    await play.tell('late')
    expect((await head(play)).deadLetters).toMatchObject([{ id: 's1/2/0', hookFailed: true }])
    fails = 'still no price'
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/still no price/) as string,
    })
    fails = undefined
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ details: { sent: ['s1/2/0'] } })
    await play.settle()
    expect(play.channel.begun.at(-1)).toMatchObject({ id: 's1/2/0', body: '"made"' })
    expect(seen).toEqual(Array.from({ length: 3 }, () => ['c', { n: 0, on: true }, 3]))
    expect((await head(play)).deadLetters).toEqual([])
  })

  test('P10 a dead event is offered: it moves the saga in one write, or stays with the reason', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    const dead = (id: string, label: string): DeadEvent => ({
      kind: 'event',
      id,
      label,
      payload: { [id]: true },
      why: 'expired',
      since: 1,
      attempts: 0,
    })
    await amend(play, { dead: [dead('l', 'late'), dead('1', 'on'), dead('2', 'on'), dead('n', 'never')] })
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({
      kind: 'done',
      state: 'b',
      details: { offered: ['l', '1', '2', 'n'], taken: ['1', '2', 'l'], stayed: ['n'] },
    })
    const { state, deadLetters, metadata } = await head(play)
    expect({ state, metadata }).toEqual({ state: 'b', metadata: { n: 0, 1: true, 2: true, l: true } })
    expect(deadLetters).toMatchObject([{ id: 'n', why: 'the saga is in "b", which expects "on", not "never"' }])
  })

  test('I4 a dead event that was applied meanwhile is dropped, not applied again', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    const letter = { kind: 'event', label: 'on', payload: {}, why: 'expired', since: 1, attempts: 0 } as const
    await amend(play, { dead: [{ ...letter, id: 'key/on' }] })
    await play.tell('on')
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ state: 'b', details: { taken: ['key/on'] } })
    expect(await head(play)).toMatchObject({ state: 'b', length: 2, deadLetters: [] })
  })
})
