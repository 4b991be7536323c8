import { describe, expect, test } from 'vitest'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import type { Operated, SagaAction, SagaOperation } from '../../../../src/orchestrator/operators/saga-operation.ts'
import { BUSY, DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { passing, stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

function operation(action: SagaAction, id = `key/${action.kind}`): SagaOperation {
  return { sagaId: 's1', id, operator: 'zoe', reason: 'mended', action }
}

function operate(play: Stage, action: SagaAction, id?: string): Promise<Operated> {
  return passing(play.runtime, play.orchestrator.operate(operation(action, id)))
}

async function head(play: Stage) {
  const loaded = await play.store.load('s1')
  if (loaded === undefined) throw new Error('there is no saga')
  return loaded.saga
}

describe('P25 an action is a change like any other', () => {
  test('P25 its effects and its record are one write', async () => {
    const play = stage()
    await play.create()
    const before = play.store.saves.length
    expect(await operate(play, { kind: 'hold' })).toMatchObject({ kind: 'done', sagaId: 's1' })
    expect(play.store.saves).toHaveLength(before + 1)
    const { operations, hold } = await head(play)
    expect(hold).toEqual({ since: operations?.[0]?.at })
    expect(operations).toMatchObject([{ id: 'key/hold', action: 'hold', operator: 'zoe', reason: 'mended' }])
  })

  test('P25 a repeat changes nothing more; its id for another action is a mismatch', async () => {
    const play = stage()
    await play.create()
    await operate(play, { kind: 'hold' }, 'key/1')
    await operate(play, { kind: 'release' }, 'key/2')
    const saves = play.store.saves.length
    expect(await operate(play, { kind: 'hold' }, 'key/1')).toMatchObject({ kind: 'repeated' })
    expect(await operate(play, { kind: 'redeliver' }, 'key/1')).toMatchObject({ kind: 'mismatch', operation: 'key/1' })
    expect(play.store.saves).toHaveLength(saves)
    expect((await head(play)).hold).toBeUndefined()
  })

  test('P25 a dry run answers the same, and writes and sends nothing', async () => {
    const play = stage()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    const [saves, sends] = [play.store.saves.length, play.channel.begun.length]
    const dry = { ...operation({ kind: 'redeliver' }), dryRun: true }
    const answer = await passing(play.runtime, play.orchestrator.operate(dry))
    expect([play.store.saves.length, play.channel.begun.length]).toEqual([saves, sends])
    expect(answer).toEqual(await operate(play, { kind: 'redeliver' }))
  })

  test('P2 after a conflict the action is decided anew on the head of the other writer', async () => {
    const play = stage()
    await play.create()
    play.store.trouble('conflict', 'conflict')
    expect(await operate(play, { kind: 'hold' })).toMatchObject({ kind: 'done' })
    expect((await head(play)).operations).toHaveLength(1)
  })

  test('P6 a write of unknown fate is repeated, and is one record', async () => {
    const play = stage()
    await play.create()
    play.store.trouble('after', 'before')
    expect(await operate(play, { kind: 'hold' })).toMatchObject({ kind: 'done' })
    expect((await head(play)).operations).toHaveLength(1)
  })

  test('P6 without a store the answer is 503, and a repeat under the same id is carried out once', async () => {
    const play = stage()
    await play.create()
    play.store.down()
    expect(await operate(play, { kind: 'hold' })).toMatchObject({ kind: 'unavailable' })
    play.store.mend()
    expect(await operate(play, { kind: 'hold' })).toMatchObject({ kind: 'done' })
    expect((await head(play)).operations).toHaveLength(1)
  })

  test('C4.4 an unknown saga is answered as such', async () => {
    expect(await operate(stage(), { kind: 'hold' })).toEqual({ kind: 'unknown-saga', sagaId: 's1' })
  })
})

describe('redeliver', () => {
  test('P15 a command in backoff is sent at once, under its key and with its attempts', async () => {
    const play = stage()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    expect(play.channel.ids).toEqual(['s1/0/0'])
    play.channel.always(DELIVERED)
    const answer = await operate(play, { kind: 'redeliver' })
    expect(answer).toMatchObject({ kind: 'done', details: { sent: ['s1/0/0'] } })
    await play.settle()
    expect(play.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
  })

  test('P15 a dead letter is owed again and sent, and the saga goes on', async () => {
    const channel = fakeChannel('reservations', 10_000, 1)
    const play = stage({ channel })
    channel.always(BUSY)
    await play.create()
    await play.settle()
    expect((await head(play)).deadLetters).toMatchObject([{ id: 's1/0/0' }])
    channel.always(DELIVERED)
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ details: { sent: ['s1/0/0'] } })
    await play.settle()
    await play.runtime.advance(10_000)
    expect(channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    expect(await head(play)).toMatchObject({ deadLetters: [], owed: [] })
  })

  test('P12 a command that is under way is left to its send', async () => {
    const play = stage()
    await play.create()
    await play.settle()
    const answer = await operate(play, { kind: 'redeliver' })
    expect(answer).toMatchObject({ kind: 'refused', why: expect.stringContaining('under way: s1/0/0') as string })
    expect(play.channel.ids).toEqual(['s1/0/0'])
  })

  test('P25 a saga that owes nothing is refused, and so is one of another channel', async () => {
    const play = stage()
    play.channel.always(SILENT)
    await play.create()
    await play.settle()
    const why =
      'the saga owes no command of the channel "other" and has no dead letter of the channel "other", expected one of them'
    expect(await operate(play, { kind: 'redeliver', channel: 'other' })).toEqual({ kind: 'refused', sagaId: 's1', why })
  })
})

describe('P26 hold and release', () => {
  test('P26 a held saga sends nothing: neither what is in backoff nor what was dead', async () => {
    const play = stage()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'hold' })
    expect((await head(play)).due).toBeUndefined()
    play.orchestrator.start()
    await play.runtime.advance(120_000)
    expect(play.channel.ids).toEqual(['s1/0/0'])
    expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ kind: 'refused' })
    play.channel.always(DELIVERED)
    expect(await operate(play, { kind: 'release' })).toMatchObject({ details: { sent: ['s1/0/0'] } })
    await play.settle()
    expect(play.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    await play.stop()
  })

  test('P26 a send that is under way ends and settles while the saga is held', async () => {
    const play = stage()
    await play.create()
    await play.settle()
    expect(await operate(play, { kind: 'hold' })).toMatchObject({ details: { underWay: ['s1/0/0'] } })
    play.channel.answer('s1/0/0', DELIVERED)
    await play.runtime.advance(10_000)
    expect(await head(play)).toMatchObject({ owed: [], hold: {} })
    expect(await operate(play, { kind: 'release' })).toMatchObject({ details: {} })
    expect((await head(play)).hold).toBeUndefined()
  })

  test('P26 a hold of a held saga and a release of a free one are refused', async () => {
    const play = stage()
    await play.create()
    expect(await operate(play, { kind: 'release' })).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/not held/) as string,
    })
    await operate(play, { kind: 'hold' }, 'key/1')
    expect(await operate(play, { kind: 'hold' }, 'key/2')).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/is held since/) as string,
    })
  })
})

describe('P12 I9 a kill between the write of an action and its send', () => {
  test('I2 I7 another process sends when the lease has ended, under the same key, and the repeat is known', async () => {
    const play = stage()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    await play.runtime.advance(5_000)
    play.channel.always(undefined)
    await operate(play, { kind: 'redeliver' })
    await play.stop()
    const next = stage({ store: play.store, runtime: play.runtime })
    next.channel.always(DELIVERED)
    expect(await operate(next, { kind: 'redeliver' })).toMatchObject({ kind: 'repeated' })
    next.orchestrator.start()
    await next.runtime.advance(30_000)
    expect(next.channel.ids).toEqual(['s1/0/0'])
    expect(await head(next)).toMatchObject({ owed: [], operations: [{ id: 'key/redeliver' }] })
    await next.stop()
  })

  test('P26 a hold whose process was killed keeps the saga still in the next one', async () => {
    const play = stage()
    play.channel.always(BUSY)
    await play.create()
    await play.settle()
    await operate(play, { kind: 'hold' })
    await play.stop()
    const next = stage({ store: play.store, runtime: play.runtime })
    next.channel.always(DELIVERED)
    next.orchestrator.start()
    await next.runtime.advance(120_000)
    expect(next.channel.ids).toEqual([])
    expect(await operate(next, { kind: 'release' })).toMatchObject({ details: { sent: ['s1/0/0'] } })
    await next.settle()
    expect(next.channel.ids).toEqual(['s1/0/0'])
    await next.stop()
  })
})

describe('P12 a redeliver while another process holds the lease', () => {
  test('P12 P25 is refused with the command that is under way, and sends nothing', async () => {
    const play = stage({ store: fakeStore(timelessMemory({ shared: true })) })
    await play.create()
    await play.settle()
    const other = stage({ store: play.store, runtime: play.runtime })
    expect(await operate(other, { kind: 'redeliver' })).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/under way/) as string,
    })
    expect(other.channel.ids).toEqual([])
  })

  test('P12 P26 a release leaves a command that another process, whose clock is ahead, owed before the hold', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const ahead = stage({ store })
    await ahead.runtime.advance(2_000)
    await ahead.create()
    await ahead.settle()
    const other = stage({ store, runtime: simulatedRuntime(2) })
    await operate(other, { kind: 'hold' })
    expect(await operate(other, { kind: 'release' })).toMatchObject({ details: { underWay: ['s1/0/0'] } })
    expect(other.channel.ids).toEqual([])
  })
})

test('P25 P28 the details name commands of a paused channel apart from those that are sent', async () => {
  const play = stage()
  play.channel.always(BUSY)
  await play.create()
  await play.settle()
  play.orchestrator.pause('reservations')
  expect(await operate(play, { kind: 'redeliver' })).toMatchObject({ details: { paused: ['s1/0/0'] } })
  await operate(play, { kind: 'hold' })
  const released = await operate(play, { kind: 'release' })
  expect(released).toMatchObject({ details: { paused: ['s1/0/0'] } })
  const move = { kind: 'move', state: 'reservationValidated', command: true } as const
  expect(await operate(play, move)).toMatchObject({ details: { paused: ['s1/1/0'] } })
  expect(JSON.stringify(released)).not.toContain('sent')
  play.orchestrator.resume('reservations')
  expect(await operate(play, { kind: 'resend' }, 'key/2')).toMatchObject({ details: { sent: ['s1/1/0'] } })
})
