import { describe, expect, test } from 'vitest'
import { BUSY, DELIVERED, fakeChannel } from '../../../fakes/channel.ts'
import { amend, head, openOperated, operate, recorded } from './operate-stage.ts'

const SENT = { sent: ['s1/0/0'] }

describe('P25 the command that a resend finds', () => {
  test('P18 a delivered one has no warning while its content is the same', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.runtime.advance(10_000)
    expect(await recorded(play, { kind: 'resend' })).toEqual(SENT)
    await play.runtime.advance(10_000)
    await operate(play, { kind: 'patch-metadata', metadata: { n: 1 } })
    expect(await recorded(play, { kind: 'resend' })).toHaveProperty('warning')
  })

  test('P5 the message of a hook is kept, so a patch of the metadata is no reason to warn', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await operate(play, { kind: 'move', state: 'c', command: true })
    await play.runtime.advance(10_000)
    const delivery = { id: 's1/1/0', label: 'ship', channel: 'reservations', since: 1, at: 2, sends: 1, body: '"made"' }
    await amend(play, { deliveries: [delivery] })
    await operate(play, { kind: 'patch-metadata', metadata: { n: 1 } })
    expect(await recorded(play, { kind: 'resend' })).toEqual({ sent: ['s1/1/0'] })
    await play.settle()
    expect(play.channel.begun.at(-1)).toMatchObject({ id: 's1/1/0', body: '"made"' })
  })

  test('P13 a command that is owed once more was tried: it waits for no other', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.settle()
    play.channel.always(BUSY)
    expect(await recorded(play, { kind: 'resend' })).toEqual(SENT)
    const write = play.store.saves.find(({ operation }) => operation !== undefined)
    expect(write?.revived).toMatchObject([{ id: 's1/0/0', tried: true, attempts: 0 }])
  })

  test('P5 of several dead letters that of the state is sent, and its hook runs again', async () => {
    let fails = true
    const ship = () => {
      if (fails) throw new Error('no price')
      return { payload: 'made' }
    }
    const play = openOperated({ hooks: { ship } })
    play.channel.always(DELIVERED)
    await play.create()
    await play.tell('on')
    const letter = { label: 'begin', channel: 'reservations', payload: {}, since: 1, attempts: 1, why: 'status 404' }
    await amend(play, { dead: [{ ...letter, id: 'x' }] })
    await play.tell('on', 'key/2')
    expect((await head(play)).deadLetters.map(({ id }) => id)).toEqual(['x', 's1/2/0'])
    fails = false
    expect(await recorded(play, { kind: 'resend' })).toEqual({
      sent: ['s1/2/0'],
      revived: ['s1/2/0'],
      why: ['run the command hook: no price'],
    })
    await play.settle()
    expect(play.channel.begun.at(-1)).toMatchObject({ id: 's1/2/0', body: '"made"' })
  })

  test('P5 a dead letter has its content, so a patch of the metadata is no reason to warn', async () => {
    const play = openOperated({ channel: fakeChannel('reservations', 10_000, 1) })
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'patch-metadata', metadata: { n: 1 } })
    expect(await recorded(play, { kind: 'resend' })).not.toHaveProperty('warning')
    await play.settle()
    expect(play.channel.begun.at(-1)).toMatchObject({ id: 's1/0/0', payload: { n: 0 } })
  })

  test('P25 a move with its command has asked for it, also after an operator has dropped its dead letter', async () => {
    const play = openOperated({ channel: fakeChannel('reservations', 10_000, 1) })
    play.channel.always(DELIVERED)
    await play.create()
    await play.runtime.advance(10_000)
    play.channel.always(BUSY)
    await operate(play, { kind: 'move', state: 'a', command: true })
    await play.settle()
    await operate(play, { kind: 'drop-dead-letter', letter: 's1/1/0' })
    expect(await head(play)).toMatchObject({ owed: [], deadLetters: [] })
    expect(await recorded(play, { kind: 'resend' })).toEqual({ sent: ['s1/1/0'] })
  })

  test('P2 a history that is longer than the head that was read with it is of another writer: both are read again', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.runtime.advance(10_000)
    const before = await play.store.load('s1')
    await play.tell('on')
    await operate(play, { kind: 'move', state: 'a', command: true })
    await play.runtime.advance(10_000)
    const load = play.store.load.bind(play.store)
    let loads = 0
    play.store.load = async (id) => (loads++ === 0 ? before : load(id))
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ kind: 'done', details: { sent: ['s1/2/0'] } })
    expect(loads).toBe(2)
  })

  test('P12 a send that is under way is named', async () => {
    const play = openOperated()
    await play.create()
    await play.settle()
    const why = 'the command "s1/0/0" is under way, expected one whose send has ended'
    expect(await operate(play, { kind: 'resend' })).toEqual({ kind: 'refused', sagaId: 's1', why })
  })
})
