import { describe, expect, test } from 'vitest'
import type { DeadEvent } from '../../../../src/engine/saga.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { amend, head, openOperated, operate } from './operate-stage.ts'

describe('cancel', () => {
  test('P25 the saga is final, and commands still owed are dead letters with their bytes', async () => {
    const play = openOperated()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'hold' })
    const cancelled = await operate(play, { kind: 'cancel', state: 'cancelled' })
    expect(cancelled).toMatchObject({ kind: 'done', state: 'cancelled', details: { cancelled: ['s1/0/0'] } })
    expect(await head(play)).toMatchObject({
      isFinal: true,
      owed: [],
      hold: undefined,
      due: undefined,
      deadLetters: [{ id: 's1/0/0', why: 'cancelled', payload: { n: 0 }, attempts: 1 }],
    })
    expect((await play.store.document('s1'))?.latestEvent).toBe('__cancelled__')
  })

  test('P25 redeliver skips what was cancelled, and says so; it is sent where the action asks for it', async () => {
    const play = openOperated()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'cancel', state: 'cancelled' })
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({
      kind: 'refused',
      why: 'every dead letter was cancelled by an operator, expected "cancelled": true in the body to send: s1/0/0',
    })
    const letter: DeadEvent = { kind: 'event', id: 'e', label: 'x', payload: {}, why: 'expired', since: 1, attempts: 0 }
    await amend(play, { dead: [letter] })
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({
      details: {
        skipped: ['s1/0/0'],
        skippedWhy: 'an operator cancelled them, or their saga; "cancelled": true in the body sends them too',
      },
    })
    play.channel.always(DELIVERED)
    const asked = { kind: 'redeliver', cancelled: true, channel: 'reservations' } as const
    expect(await operate(play, asked)).toMatchObject({ details: { sent: ['s1/0/0'] } })
    await play.settle()
    expect(play.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
  })

  test('P25 redeliver skips the older dead letters of a cancelled saga too, until it moves again', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.settle()
    const letter = { label: 'pay', channel: 'reservations', payload: {}, since: 1, attempts: 3 }
    await amend(play, {
      dead: [
        { ...letter, id: 'old', why: 'status 500' },
        { ...letter, id: 'broken', why: 'threw', hookFailed: true },
      ],
    })
    await operate(play, { kind: 'cancel', state: 'cancelled' })
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('"cancelled": true in the body to send: old, broken') as string,
    })
    expect(await operate(play, { kind: 'redeliver', cancelled: true })).toMatchObject({ details: { sent: ['old'] } })
    await play.settle()
    await amend(play, { dead: [{ ...letter, id: 'older', why: 'status 500' }] })
    await play.runtime.advance(10)
    await operate(play, { kind: 'move', state: 'done', command: false })
    expect(await operate(play, { kind: 'redeliver', channel: 'reservations' })).toMatchObject({
      details: { sent: ['older'] },
    })
  })

  test('P15 P26 a resend begins its time anew, without that of an earlier hold', async () => {
    const play = openOperated()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'hold' })
    await play.runtime.advance(60_000)
    play.channel.always(DELIVERED)
    await operate(play, { kind: 'release' })
    expect((await head(play)).owed).toMatchObject([{ held: 60_000 }])
    play.channel.always(BUSY)
    await operate(play, { kind: 'resend' })
    await play.settle()
    const [debt] = (await head(play)).owed
    expect([debt?.since === play.runtime.wallClock(), debt?.held]).toEqual([true, undefined])
  })

  test('P25 a delivered command is settled, not dead', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'cancel', state: 'done' })
    expect(await head(play)).toMatchObject({ owed: [], deadLetters: [] })
  })

  test('P26 a command that waits in the queue is not sent after it', async () => {
    const play = openOperated()
    const others = Array.from({ length: 128 }, (_, at) => `other-${at}`)
    for (const id of others) await play.create(id)
    await play.create()
    await play.settle()
    expect(await operate(play, { kind: 'cancel', state: 'done' })).toMatchObject({
      details: { cancelled: ['s1/0/0'] },
    })
    play.channel.always(DELIVERED)
    await play.runtime.advance(60_000)
    expect(play.channel.ids).not.toContain('s1/0/0')
  })

  test('P25 a state that is not final, or unknown, is invalid; a final saga is refused', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    expect(await operate(play, { kind: 'cancel', state: 'b' })).toEqual({
      kind: 'invalid',
      why: 'state must be a final state of the machine: found "b", expected one of "done", "cancelled", "ended"',
    })
    expect(await operate(play, { kind: 'cancel', state: 'canceled' })).toMatchObject({
      why: expect.stringContaining('the nearest is "cancelled"') as string,
    })
    await operate(play, { kind: 'cancel', state: 'done' })
    expect(await operate(play, { kind: 'cancel', state: 'done' })).toMatchObject({
      kind: 'refused',
      why: 'the saga is final in "done", expected one that is not final',
    })
  })
})
