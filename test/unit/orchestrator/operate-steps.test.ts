import { describe, expect, test } from 'vitest'
import type { Change } from '../../../src/engine/change.ts'
import { keptOf } from '../../../src/engine/dead-letters.ts'
import type { DeadEvent, Saga } from '../../../src/engine/saga.ts'
import { evolve } from '../../../src/engine/evolve.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import type { Operated, SagaAction } from '../../../src/orchestrator/saga-operation.ts'
import { pathProblems } from '../../../testing/checker/path.ts'
import { BUSY, DELIVERED, fakeChannel } from '../../fakes/channel.ts'
import { passing, stage } from './stage.ts'
import type { Stage } from './stage.ts'

const hook = (content: string) => ({ type: 'file', content }) as const

/** `a` and `c` have commands, that of `c` has a hook and a side effect; `late` fits `c` alone. */
const DEFINITION: MachineDefinition = {
  initialState: 'a',
  states: [
    {
      id: 'a',
      isFinal: false,
      outputCommand: { label: 'begin', channel: 'reservations' },
      outgoingTransitions: [{ inputEvent: 'on', targetState: 'b' }],
    },
    { id: 'b', isFinal: false, outgoingTransitions: [{ inputEvent: 'on', targetState: 'c' }] },
    {
      id: 'c',
      isFinal: false,
      outputCommand: { label: 'ship', channel: 'reservations', hook: hook('ship') },
      sideEffects: [{ label: 'mail', channel: 'other' }],
      outgoingTransitions: [
        { inputEvent: 'late', targetState: 'b' },
        { inputEvent: 'end', targetState: 'done' },
      ],
    },
    { id: 'done', isFinal: true },
    { id: 'cancelled', isFinal: true },
  ],
}

let count = 0
function operate(play: Stage, action: SagaAction, id = `key/${++count}`): Promise<Operated> {
  const operation = { sagaId: 's1', id, operator: 'zoe', reason: 'mended', action }
  return passing(play.runtime, play.orchestrator.operate(operation))
}

async function head(play: Stage): Promise<Saga> {
  const loaded = await play.store.load('s1')
  if (loaded === undefined) throw new Error('there is no saga')
  return loaded.saga
}

async function amend(play: Stage, part: Omit<Change, 'sagaId' | 'writeId' | 'at'>): Promise<void> {
  const loaded = await play.store.load('s1')
  if (loaded === undefined) throw new Error('there is no saga')
  const change = { sagaId: 's1', writeId: `w${++count}`, at: play.runtime.wallClock(), ...part }
  await play.store.save(change, evolve(loaded.saga, change), loaded.basis)
}

function open(options: Parameters<typeof stage>[0] = {}): Stage {
  const play = stage({ definition: DEFINITION, hooks: { ship: () => ({ payload: 'made' }) }, ...options })
  play.other.always(DELIVERED)
  return play
}

describe('move', () => {
  test('I3 P25 a move is a step marked with its operation, and a write of its own', async () => {
    const play = open()
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
    const play = open()
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
    const play = open()
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
    const play = open()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'patch-metadata', metadata: { n: 5 } })
    await operate(play, { kind: 'move', state: 'b', command: true })
    expect((await head(play)).owed).toMatchObject([{ id: 's1/0/0', payload: { n: 0 } }])
  })

  test('P25 an unknown state is invalid, with the nearest one', async () => {
    const play = open()
    await play.create()
    const why = 'state must be a state of the machine: found "dome", the nearest is "done"'
    expect(await operate(play, { kind: 'move', state: 'dome', command: true })).toEqual({ kind: 'invalid', why })
  })

  test('P26 a held saga moves, and sends after its release', async () => {
    const play = open()
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
    const play = open()
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
    const play = open()
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
    const play = open()
    play.channel.always(DELIVERED)
    await play.create()
    const event = keptOf({ id: 'e', sagaId: 's1', label: 'late', payload: {} })
    await amend(play, { parked: [{ event, since: 1, expires: 9e12 }] })
    expect(await operate(play, { kind: 'move', state: 'done', command: true })).toMatchObject({
      details: { droppedEvents: ['e'] },
    })
    expect(await head(play)).toMatchObject({ isFinal: true, parked: [] })
    await operate(play, { kind: 'move', state: 'b', command: true })
    expect(await play.tell('on')).toMatchObject({ kind: 'moved', state: 'c' })
  })
})

describe('cancel', () => {
  test('P25 the saga is final, and commands still owed are dead letters with their bytes', async () => {
    const play = open()
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
    const play = open()
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
    const play = open()
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
    const play = open()
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
    const play = open()
    play.channel.always(DELIVERED)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'cancel', state: 'done' })
    expect(await head(play)).toMatchObject({ owed: [], deadLetters: [] })
  })

  test('P26 a command that waits in the queue is not sent after it', async () => {
    const play = open()
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
    const play = open()
    play.channel.always(DELIVERED)
    await play.create()
    expect(await operate(play, { kind: 'cancel', state: 'b' })).toEqual({
      kind: 'invalid',
      why: 'state must be a final state of the machine: found "b", expected one of "done", "cancelled"',
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

describe('patch-metadata', () => {
  test('P25 a merge patch is a step in which the saga stays; the command of the state keeps its content', async () => {
    const play = open()
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
    const play = open({ maxSagaSize: 500 })
    await play.create()
    const patch = { kind: 'patch-metadata', metadata: { text: 'x'.repeat(600) } } as const
    expect(await operate(play, patch)).toMatchObject({ kind: 'too-large', part: 'metadata' })
    expect((await head(play)).operations).toBeUndefined()
  })
})

describe('resend', () => {
  test('P18 a command that was delivered is sent once more, under its key', async () => {
    const play = open()
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
    const play = open()
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

  test('P18 after a patch of the metadata the key is still that of the step that entered the state', async () => {
    const play = open()
    play.channel.always(DELIVERED)
    await play.create()
    await play.runtime.advance(10_000)
    await operate(play, { kind: 'patch-metadata', metadata: { n: 1 } })
    const warning = 'the metadata were changed since the first send, so the same key carries other content'
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ details: { sent: ['s1/0/0'], warning } })
  })

  test('P5 with the message that the hook made, where it is kept; else it is refused', async () => {
    const play = open()
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

  test('P18 while the command is owed it is a redelivery; under way, or without a command, it is refused', async () => {
    const play = open()
    await play.create()
    await play.settle()
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ kind: 'refused', why: /is under way/ })
    play.channel.answer('s1/0/0', BUSY)
    await play.settle()
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ details: { sent: ['s1/0/0'] } })
    play.channel.always(DELIVERED)
    await play.tell('on')
    expect(await operate(play, { kind: 'resend' })).toMatchObject({ kind: 'refused', why: /has no command/ })
  })
})

describe('drops', () => {
  const event = (id: string, label: string) => keptOf({ id, sagaId: 's1', label, payload: {} })

  test('P10 a parked event is dropped by its id, or by id and label', async () => {
    const play = open()
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
    const play = open({ channel: fakeChannel('reservations', 10_000, 1) })
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
    const play = open({ hooks: { ship } })
    play.channel.always(DELIVERED)
    await play.create()
    await play.tell('on')
    await play.tell('on', 'key/2')
    await play.tell('late')
    expect((await head(play)).deadLetters).toMatchObject([{ id: 's1/2/0', hookFailed: true }])
    fails = 'still no price'
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ kind: 'refused', why: /still no price/ })
    fails = undefined
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ details: { sent: ['s1/2/0'] } })
    await play.settle()
    expect(play.channel.begun.at(-1)).toMatchObject({ id: 's1/2/0', body: '"made"' })
    expect(seen).toEqual(Array.from({ length: 3 }, () => ['c', { n: 0, on: true }, 3]))
    expect((await head(play)).deadLetters).toEqual([])
  })

  test('P10 a dead event is offered: it moves the saga in one write, or stays with the reason', async () => {
    const play = open()
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
    const play = open()
    play.channel.always(DELIVERED)
    await play.create()
    const letter = { kind: 'event', label: 'on', payload: {}, why: 'expired', since: 1, attempts: 0 } as const
    await amend(play, { dead: [{ ...letter, id: 'key/on' }] })
    await play.tell('on')
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ state: 'b', details: { taken: ['key/on'] } })
    expect(await head(play)).toMatchObject({ state: 'b', length: 2, deadLetters: [] })
  })
})
