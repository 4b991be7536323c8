import { describe, expect, test } from 'vitest'
import type { Debt } from '../../../../src/engine/saga.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { amend, head, openOperated, operate } from './operate-stage.ts'
import { passing } from '../stage.ts'

describe('resend', () => {
  test('P18 a command that was delivered is sent once more, under its key', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.runtime.advance(10_000)
    expect((await head(play)).owed).toEqual([])
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ kind: 'done', details: { sent: ['s1/0/0'] } })
    await play.settle()
    expect(play.channel.begun.map(({ id, payload }) => [id, payload])).toEqual([
      ['s1/0/0', { n: 0 }],
      ['s1/0/0', { n: 0 }],
    ])
  })

  test('P18 a command whose settlement is not written yet is owed once more, with headers and trace', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    const creation = { id: 's1', entity: 'e', metadata: { n: 0 }, trace: 'T', headers: { miauserid: 'u' } }
    await passing(play.runtime, play.orchestrator.create(creation))
    await play.settle()
    expect((await head(play)).owed).toHaveLength(1)
    await operate(play, { kind: 'resend' })
    await play.settle()
    expect(play.channel.begun[1]).toEqual(play.channel.begun[0])
    await play.runtime.advance(10_000)
    expect((await head(play)).owed).toEqual([])
  })

  test('P6 a resend without an answer, and another write after it, is sent: the delivery before it does not settle it', async () => {
    const play = openOperated()
    play.orchestrator.start()
    play.channel.always(DELIVERED)
    await play.create()
    play.store.trouble('after', 'conflict')
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ kind: 'repeated' })
    await play.runtime.advance(60_000)
    expect(play.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    expect((await head(play)).owed).toEqual([])
    await play.stop()
  })

  test('P3 a command that another process has put back is not settled by the delivery before it', async () => {
    const play = openOperated({ store: fakeStore(timelessMemory({ shared: true })) })
    play.channel.always(DELIVERED)
    await play.create()
    await play.settle()
    const [delivered] = (await head(play)).owed
    await play.runtime.advance(1_000)
    const since = play.runtime.wallClock()
    const again = { ...(delivered as Debt), since, due: since + 8_000, tried: true, claimed: true } as const
    await amend(play, { settled: ['s1/0/0'], revived: [again] })
    await play.runtime.advance(5_000)
    expect((await head(play)).owed).toEqual([again])
    play.orchestrator.start()
    await play.runtime.advance(10_000)
    expect(play.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    expect((await head(play)).owed).toEqual([])
    await play.stop()
  })

  test('P18 after a patch of the metadata the key is still that of the step that entered the state', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.runtime.advance(10_000)
    await operate(play, { kind: 'patch-metadata', metadata: { n: 1 } })
    const warning = 'the metadata were changed since the first send, so the same key carries other content'
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ details: { sent: ['s1/0/0'], warning } })
  })

  test('P5 with the message that the hook made, where it is kept; else it is refused', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.tell('on')
    await play.tell('on', 'key/2')
    await play.runtime.advance(10_000)
    const delivery = { id: 's1/2/0', label: 'ship', channel: 'reservations', since: 1, at: 2, sends: 1 }
    if ((await head(play)).delivered === undefined) {
      expect(await operate(play, { kind: 'resend' })).toMatchObject({
        kind: 'refused',
        why: expect.stringContaining('the message that the hook of "ship" made was not kept') as string,
      })
      await amend(play, { deliveries: [{ ...delivery, body: '"made"' }] })
    }
    await operate(play, { kind: 'resend' })
    await play.settle()
    expect(play.channel.begun.at(-1)).toMatchObject({ id: 's1/2/0', body: '"made"' })
  })

  test('P25 a command that an operator left out was never sent, so nothing is sent again; a move with it sends it', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.settle()
    const ends = [
      { kind: 'cancel', state: 'ended' },
      { kind: 'move', state: 'ended', command: false },
    ] as const
    for (const end of ends) {
      await operate(play, end)
      for (const metadata of [undefined, { n: 1 }]) {
        if (metadata !== undefined) await operate(play, { kind: 'patch-metadata', metadata })
        expect(await operate(play, { kind: 'resend' })).toEqual({
          kind: 'refused',
          sagaId: 's1',
          why: 'an operator has brought the saga into "ended" without its command, expected a "move" into it with "command": true',
        })
      }
      await operate(play, { kind: 'move', state: 'a', command: false })
    }
    await play.settle()
    expect(play.channel.ids).toEqual(['s1/0/0'])
    await operate(play, { kind: 'move', state: 'ended', command: true })
    await play.settle()
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ details: { sent: ['s1/7/0'] } })
  })

  test('P25 a command that an operator has sent with the move is sent again, also without the record of the move', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await operate(play, { kind: 'move', state: 'a', command: true })
    await play.runtime.advance(10_000)
    for (let left = 0; left < 101; left++) await operate(play, { kind: 'patch-metadata', metadata: { n: left } })
    expect((await head(play)).operations?.some(({ action }) => action === 'move')).toBe(false)
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ details: { sent: ['s1/1/0'] } })
  })

  test('P18 while the command is owed it is a redelivery; under way, or without a command, it is refused', async () => {
    const play = openOperated()
    await play.create()
    await play.settle()
    expect(await operate(play, { kind: 'resend' })).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/is under way/) as string,
    })
    play.channel.answer('s1/0/0', BUSY)
    await play.settle()
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ details: { sent: ['s1/0/0'] } })
    play.channel.always(DELIVERED)
    await play.tell('on')
    expect(await operate(play, { kind: 'resend' })).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/has no command/) as string,
    })
  })

  test('P13 a command that was never sent does not overtake an earlier one that waits', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    play.orchestrator.pause('reservations')
    await play.create()
    await play.tell('on')
    await play.tell('on', 'key/2')
    play.orchestrator.resume('reservations')
    const why = expect.stringContaining('the command "s1/2/0" was never sent, and "s1/0/0" goes before it') as string
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ kind: 'refused', why })
    expect(play.channel.ids).toEqual([])
    await operate(play, { kind: 'redeliver' })
    await play.settle()
    expect(play.channel.ids).toEqual(['s1/0/0', 's1/2/0'])
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ details: { sent: ['s1/2/0'] } })
  })
})
