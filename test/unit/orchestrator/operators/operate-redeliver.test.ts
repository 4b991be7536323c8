import { describe, expect, test } from 'vitest'
import { DELIVERED } from '../../../fakes/channel.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { amend, busy, head, openOperated, operate, recorded } from './operate-stage.ts'

const START = simulatedRuntime().wallClock()
const LETTER = { label: 'begin', channel: 'reservations', payload: {}, since: START, attempts: 1, why: 'status 404' }

describe('P25 the record of a redelivery', () => {
  test('P25 it has what was asked for', async () => {
    const play = await busy()
    const sent = ['s1/0/0']
    const action = { kind: 'redeliver', channel: 'reservations' } as const
    expect(await recorded(play, action)).toEqual({ channel: 'reservations', sent })
    await play.settle()
    expect(await recorded(play, { kind: 'redeliver', cancelled: true })).toEqual({ cancelled: true, sent })
  })

  test('P12 P25 a command that is under way is left to its send, and named apart', async () => {
    const play = openOperated()
    await play.create()
    await play.settle()
    await amend(play, { dead: [{ ...LETTER, id: 'x' }] })
    expect(await recorded(play, { kind: 'redeliver' })).toEqual({
      sent: ['x'],
      underWay: ['s1/0/0'],
      revived: ['x'],
      why: ['status 404'],
    })
    await play.settle()
    expect(play.channel.ids).toEqual(['s1/0/0', 'x'])
  })

  test('P25 dead letters of another channel stay, and are not among those that leave', async () => {
    const play = await busy()
    await amend(play, {
      dead: [
        { ...LETTER, id: 'x' },
        { ...LETTER, id: 'y', channel: 'other', why: 'status 500' },
      ],
    })
    expect(await recorded(play, { kind: 'redeliver', channel: 'reservations' })).toEqual({
      channel: 'reservations',
      sent: ['s1/0/0', 'x'],
      revived: ['x'],
      why: ['status 404'],
    })
    expect((await head(play)).deadLetters).toMatchObject([{ id: 'y' }])
  })
})

describe('P25 a redelivery that is refused', () => {
  const refusal = (why: string) => ({ kind: 'refused', sagaId: 's1', why })

  test('P26 a held saga needs a release first, a later beginning has its instant', async () => {
    const play = await busy()
    const kinds = ['redeliver', 'resend'] as const
    await operate(play, { kind: 'hold' })
    for (const kind of kinds)
      expect(await operate(play, { kind })).toEqual(
        refusal('the saga is held and sends nothing, expected a release first'),
      )
    await amend(play, { hold: { since: START, until: START + 60_000 } })
    const at = new Date(START + 60_000).toISOString()
    for (const kind of kinds)
      expect(await operate(play, { kind })).toEqual(
        refusal(`the saga sends nothing before ${at}, expected a release first`),
      )
  })

  test('P12 what is under way or cancelled is named, with its channel', async () => {
    const play = openOperated()
    await play.create()
    await play.settle()
    const redeliver = { kind: 'redeliver', channel: 'reservations' } as const
    const of = 'of the channel "reservations"'
    expect(await operate(play, redeliver)).toEqual(
      refusal(`every command ${of} that the saga owes is under way: s1/0/0`),
    )
    await operate(play, { kind: 'cancel', state: 'cancelled' })
    expect(await operate(play, redeliver)).toEqual(
      refusal(
        `every dead letter ${of} was cancelled by an operator, expected "cancelled": true in the body to send: s1/0/0`,
      ),
    )
  })

  test('P5 a hook whose step the history has lost cannot run', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await play.runtime.advance(10_000)
    await amend(play, { dead: [{ ...LETTER, id: 's1/9/0', hookFailed: true }] })
    const why = 'the command "s1/9/0" has no message: the history has no step 9, so the hook cannot run'
    expect(await operate(play, { kind: 'redeliver' })).toEqual(refusal(why))
  })
})

describe('P5 a hook that fails again beside a command that is sent', () => {
  test('P5 P25 its letter has the new reason and instant, and the failure is logged once', async () => {
    let why = 'no price'
    const ship = () => {
      throw new Error(why)
    }
    const play = openOperated({ hooks: { ship } })
    play.channel.always(DELIVERED)
    await play.create()
    await play.tell('on')
    await play.tell('on', 'key/2')
    await amend(play, { dead: [{ ...LETTER, id: 'x' }] })
    await play.runtime.advance(10_000)
    why = 'still no price'
    const before = play.runtime.logged.length
    expect(await recorded(play, { kind: 'redeliver' })).toEqual({
      sent: ['x'],
      revived: ['x'],
      why: ['status 404'],
      hookFailed: ['s1/2/0'],
    })
    const { deadLetters } = await head(play)
    expect(deadLetters).toMatchObject([{ id: 's1/2/0', hookFailed: true, since: play.runtime.wallClock() }])
    expect(deadLetters[0]?.why).toBe('run the command hook: still no price')
    const failures = play.runtime.logged.slice(before).filter(({ code }) => code === 'command.hook-failed')
    expect(failures.map(({ fields }) => fields)).toEqual([
      { saga: 's1', state: 'c', label: 'ship', why: 'run the command hook: still no price' },
    ])
    expect(play.metrics.times('count hook-failed')).toBe(2)
  })
})
