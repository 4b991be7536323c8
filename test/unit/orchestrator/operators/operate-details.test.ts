import { describe, expect, test } from 'vitest'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { amend, busy, DEFINITION, head, openOperated, operate, recorded } from './operate-stage.ts'

const START = simulatedRuntime().wallClock()
const iso = (after: number) => new Date(START + after).toISOString()

const WITH_TIMEOUT: MachineDefinition = {
  ...DEFINITION,
  states: DEFINITION.states.map((state) =>
    state.id === 'a' ? { ...state, timeout: { after: 'PT90S', event: 'on' } } : state,
  ),
}

const LETTER = { label: 'begin', channel: 'reservations', payload: {}, since: START, attempts: 1 }

describe('P25 the record of an action says what it did', () => {
  test('P25 P26 hold: the commands that wait; release: since when, what left, and which events and deadline go on', async () => {
    const play = await busy(WITH_TIMEOUT)
    expect(await recorded(play, { kind: 'hold' })).toEqual({ held: ['s1/0/0'] })
    await play.tell('on', 'key/early')
    await play.runtime.advance(60_000)
    expect(await recorded(play, { kind: 'release' })).toEqual({
      heldSince: iso(0),
      sent: ['s1/0/0'],
      offered: ['key/early'],
      deadline: iso(90_000),
    })
  })

  test('P25 P26 a release of a saga that owes nothing has the beginning of the hold', async () => {
    const play = openOperated()
    await play.create()
    play.channel.answer('s1/0/0', { kind: 'delivered' })
    await play.settle()
    await operate(play, { kind: 'hold' })
    await play.runtime.advance(5_000)
    expect(await recorded(play, { kind: 'release' })).toEqual({ heldSince: iso(0) })
  })

  test('P25 P26 a hold of a saga that begins later, and its release, have the instant that was asked for', async () => {
    const play = await busy()
    await amend(play, { hold: { since: START, until: START + 3_600_000 } })
    const later = { heldSince: iso(0), notBefore: iso(3_600_000) }
    expect(await recorded(play, { kind: 'hold' })).toEqual({ ...later, held: ['s1/0/0'] })
  })

  test('P25 redeliver and a drop: the reasons of the letters that leave, each once', async () => {
    const play = await busy()
    const dead = ['x', 'y', 'z'].map((id) => ({ ...LETTER, id, why: id === 'z' ? 'status 400' : 'status 404' }))
    await amend(play, { dead })
    const dropped = { dropped: ['z'], labels: ['begin'], why: ['status 400'] }
    expect(await recorded(play, { kind: 'drop-dead-letter', letter: 'z' })).toEqual(dropped)
    expect(await recorded(play, { kind: 'redeliver' })).toEqual({
      sent: ['s1/0/0', 'x', 'y'],
      revived: ['x', 'y'],
      why: ['status 404'],
    })
  })

  test('P15 P25 the reason of a letter has the words of its participant', async () => {
    const play = await busy()
    const last = { at: START, status: 400, answer: 'no such card' }
    await amend(play, { dead: [{ ...LETTER, id: 'x', why: 'status 400', last }] })
    const details = await recorded(play, { kind: 'drop-dead-letter', letter: 'x' })
    expect(details).toMatchObject({ why: ['status 400: no such card'] })
  })

  test('P11 P25 a command whose channel saga.json lacks is not among those that are sent', async () => {
    const play = await busy()
    const letter = { ...LETTER, id: 'x', channel: 'gone', why: 'status 400' }
    await amend(play, { dead: [letter] })
    const sent = { sent: ['s1/0/0'], unknownChannel: ['x'] }
    expect(await recorded(play, { kind: 'redeliver' })).toMatchObject(sent)
    expect(await operate(play, { kind: 'redeliver', channel: 'gone' })).toMatchObject({
      kind: 'refused',
      why: 'saga.json has no channel "gone" for the command "x", expected one that has it: then it is sent by itself',
    })
    expect((await head(play)).owed).toMatchObject([{ id: 's1/0/0' }, { id: 'x' }])
  })

  test('P25 move: the commands that stay owed; cancel: the end of a hold too', async () => {
    const play = await busy()
    const moved = await recorded(play, { kind: 'move', state: 'b', command: false })
    expect(moved).toEqual({ from: 'a', to: 'b', command: false, stillOwed: ['s1/0/0'] })
    await operate(play, { kind: 'hold' })
    const cancelled = await recorded(play, { kind: 'cancel', state: 'cancelled' })
    expect(cancelled).toEqual({ from: 'b', to: 'cancelled', heldSince: iso(0), cancelled: ['s1/0/0'] })
  })

  test('P25 a change of metadata: the keys that it removed, apart', async () => {
    const play = await busy()
    const metadata = { n: null, iban: 'x' }
    expect(await recorded(play, { kind: 'patch-metadata', metadata })).toEqual({ keys: ['n', 'iban'], removed: ['n'] })
  })
})

test('P15 P25 a cancelled dead letter has the last answer of its participant', async () => {
  const play = await busy()
  await operate(play, { kind: 'cancel', state: 'cancelled' })
  const { deadLetters } = await head(play)
  expect(deadLetters).toMatchObject([{ why: 'cancelled', attempts: 1, last: { at: START, status: 503 } }])
})
