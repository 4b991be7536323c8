import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import { BUSY, SILENT, fakeChannel } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { begin, forgetful } from '../recovery/redelivery-stage.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { stage } from '../stage.ts'
import type { Stage, StageOptions } from '../stage.ts'

const [LEASE, HOUR] = [10_000 + DEFAULTS.leaseMargin, 3_600_000]
const NOW = simulatedRuntime().wallClock()

/** A saga whose first command is under way on a channel with so many attempts. */
async function sending(attempts: number, options: StageOptions = {}): Promise<Stage> {
  const scene = stage({ channel: fakeChannel('reservations', 10_000, attempts), ...options })
  scene.orchestrator.start()
  await scene.create()
  return scene
}

async function saga({ store }: Stage): Promise<Saga> {
  const loaded = await store.load('s1')
  if (loaded === undefined) throw new Error('load the saga: it is not there')
  return loaded.saga
}

describe('C2.5b P15 one attempt', () => {
  test.each([
    ['an answer that is no success', BUSY, { why: 'status 503', attempts: 1, last: { at: NOW, status: 503 } }],
    ['no answer', SILENT, { why: 'nobody answers', attempts: 0, last: { at: NOW, answer: 'nobody answers' } }],
  ])('P15 after %s the command is a dead letter, saved by one change, and never sent again', async (_, sent, end) => {
    const scene = await sending(1)
    scene.channel.answer('s1/0/0', sent)
    await scene.settle()
    const { owed, due, deadLetters } = await saga(scene)
    expect([owed, due]).toEqual([[], undefined])
    const since = NOW
    const command = { id: 's1/0/0', label: 'validateReservation', channel: 'reservations', payload: { n: 0 } }
    expect(deadLetters).toEqual([{ ...command, trace: undefined, since, ...end }])
    expect(scene.store.saves).toHaveLength(2) // the creation and the dead letter
    expect(scene.metrics.times('count command-given-up')).toBe(1)
    expect(scene.runtime.logged.map(({ code }) => code)).toContain('command.given-up')
    await scene.runtime.advance(HOUR)
    expect(scene.channel.ids).toEqual(['s1/0/0'])
    await scene.stop()
  })

  test.each([
    ['an answer', BUSY, true],
    ['silence', SILENT, true],
    ['an answer', BUSY, false],
  ])('P15 after %s a store that is away for half a minute causes no second send', async (_, sent, shared) => {
    const scene = await sending(1, { store: fakeStore(timelessMemory({ shared })) })
    scene.store.down()
    scene.channel.answer('s1/0/0', sent)
    await scene.runtime.advance(30_000)
    scene.store.mend()
    await scene.runtime.advance(HOUR)
    expect(scene.channel.ids).toEqual(['s1/0/0'])
    expect(await saga(scene)).toMatchObject({ owed: [], deadLetters: [{ id: 's1/0/0' }] })
    await scene.stop()
  })

  test('I2 P15 a dead letter that could not be saved within a minute: the command is sent again', async () => {
    const scene = await sending(1)
    scene.store.down()
    scene.channel.answer('s1/0/0', BUSY)
    scene.channel.always({ kind: 'delivered' })
    await scene.runtime.advance(2 * DEFAULTS.giveUp)
    scene.store.mend()
    await scene.runtime.advance(2 * DEFAULTS.giveUp)
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    expect(await saga(scene)).toMatchObject({ owed: [], deadLetters: [] })
    await scene.stop()
  })

  test('P5 a command of an older step keeps its bytes as a dead letter', async () => {
    const scene = await sending(1)
    await scene.tell('validationOK')
    scene.channel.answer('s1/0/0', SILENT)
    scene.channel.answer('s1/1/0')
    await scene.runtime.advance(HOUR)
    const { owed, deadLetters } = await saga(scene)
    expect([owed, deadLetters.map(({ id, payload }) => [id, payload])]).toEqual([[], [['s1/0/0', { n: 0 }]]])
    await scene.stop()
  })

  test('P15 the dead letter carries the settlement of another command', async () => {
    const scene = await sending(1)
    await scene.tell('validationOK')
    scene.channel.answer('s1/1/0')
    await scene.settle()
    scene.channel.answer('s1/0/0', BUSY)
    await scene.settle()
    expect(scene.store.saves.at(-1)).toMatchObject({ dead: [{ id: 's1/0/0' }], settled: ['s1/1/0'] })
    await scene.stop()
  })

  test('P16 a command that is dropped before its send began is no send', async () => {
    const scene = await sending(1)
    const first = scene.channel.ids.length
    for (let n = 0; n < DEFAULTS.sendsAtOnce + 1; n++) await scene.create(`other-${n}`)
    expect(scene.channel.ids).toHaveLength(DEFAULTS.sendsAtOnce) // the last two wait
    expect(scene.channel.ids).not.toContain(`other-${DEFAULTS.sendsAtOnce}/0/0`)
    await scene.runtime.advance(LEASE) // their leases end while they wait
    scene.channel.always({ kind: 'delivered' })
    await scene.runtime.advance(2 * LEASE)
    expect(scene.channel.ids.slice(first)).toContain(`other-${DEFAULTS.sendsAtOnce}/0/0`)
    const waited = await scene.store.load(`other-${DEFAULTS.sendsAtOnce}`)
    expect(waited?.saga).toMatchObject({ owed: [], deadLetters: [] })
    await scene.stop()
  })

  test('I2 after a crash in the middle of a send the command is sent again: its fate is not known', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const dead = stage({ store, channel: fakeChannel('reservations', 10_000, 1) })
    await dead.create()
    const other = stage({ store, runtime: dead.runtime, channel: fakeChannel('reservations', 10_000, 1) })
    other.orchestrator.start()
    await dead.runtime.advance(LEASE + DEFAULTS.sweep)
    expect(other.channel.ids).toEqual(['s1/0/0'])
    await other.stop()
  })

  test('P14 of two processes that sent it, the second failure makes no second dead letter', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const one = stage({ store, channel: fakeChannel('reservations', 10_000, 1) })
    await one.create()
    const other = stage({ store, runtime: one.runtime, channel: fakeChannel('reservations', 10_000, 1) })
    other.orchestrator.start()
    await one.runtime.advance(LEASE + DEFAULTS.sweep)
    other.channel.answer('s1/0/0', BUSY)
    await other.settle()
    one.channel.answer('s1/0/0', SILENT)
    await one.settle()
    expect((await saga(one)).deadLetters).toHaveLength(1)
    await Promise.all([one.stop(), other.stop()])
  })
})

describe('C2.5b P15 several attempts', () => {
  test('P15 the answers count, silence does not', async () => {
    const scene = await sending(3)
    scene.channel.answer('s1/0/0', SILENT)
    for (let answers = 0; answers < 2; answers++) {
      for (let at = 0; scene.channel.open === 0 && at < 100; at++) await scene.runtime.advance(1_000)
      expect((await saga(scene)).deadLetters).toEqual([])
      scene.channel.answer('s1/0/0', BUSY)
      await scene.settle()
    }
    for (let at = 0; scene.channel.open === 0 && at < 100; at++) await scene.runtime.advance(1_000)
    scene.channel.answer('s1/0/0', BUSY)
    await scene.settle()
    expect(await saga(scene)).toMatchObject({ owed: [], deadLetters: [{ attempts: 3, why: 'status 503' }] })
    expect(scene.channel.ids).toHaveLength(4)
    await scene.stop()
  })

  test('P15 ten minutes of silence use up no attempt', async () => {
    const scene = await sending(2)
    scene.channel.always(SILENT)
    await scene.runtime.advance(600_000)
    expect((await saga(scene)).owed).toMatchObject([{ attempts: 0 }])
    await scene.stop()
  })
})

describe('C2.5b P17 attempts where recovery is by redelivery', () => {
  const options = (attempts: number) => ({ store: forgetful(), channel: fakeChannel('reservations', 10_000, attempts) })

  test.each([BUSY, SILENT])(
    'P17 a command that is given up is a dead letter, then its event is acknowledged',
    async (sent) => {
      const scene = stage(options(1))
      scene.channel.always({ kind: 'delivered' })
      await scene.create()
      scene.channel.always(undefined)
      const event = begin(scene, 'validationOK')
      await scene.settle()
      scene.channel.answer('s1/1/0', sent)
      expect(await event.settled()).toEqual(['moved'])
      expect((await saga(scene)).deadLetters).toMatchObject([{ id: 's1/1/0' }])
      expect(await begin(scene, 'validationOK').settled()).toEqual(['duplicate'])
      expect(scene.channel.ids).toEqual(['s1/0/0', 's1/1/0'])
    },
  )

  test('P17 the event is not acknowledged before the dead letter is saved', async () => {
    const scene = stage(options(1))
    scene.channel.always({ kind: 'delivered' })
    await scene.create()
    scene.channel.always(undefined)
    const event = begin(scene, 'validationOK')
    await scene.settle()
    scene.store.trouble('before')
    scene.channel.answer('s1/1/0', BUSY)
    expect(await event.settled()).toEqual([])
    await scene.runtime.advance(1_000)
    expect(event.answers).toMatchObject([{ kind: 'moved' }])
    expect((await saga(scene)).deadLetters).toHaveLength(1)
  })

  test('P12 a repeat does not send what another process may be sending once', async () => {
    const store = forgetful()
    const one = stage({ ...options(1), store })
    one.channel.always({ kind: 'delivered' })
    await one.create()
    one.channel.always(undefined)
    begin(one, 'validationOK') // under way
    await one.settle()
    const other = stage({ ...options(1), store, runtime: one.runtime })
    expect(await begin(other, 'validationOK').settled()).toEqual(['unavailable'])
    expect(other.channel.ids).toEqual([])
    await one.runtime.advance(LEASE)
    const late = begin(other, 'validationOK')
    await other.settle()
    other.channel.answer('s1/1/0')
    expect(await late.settled()).toEqual(['duplicate'])
  })
})
