import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { evolve } from '../../../../src/engine/evolve.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import { ChannelPauses } from '../../../../src/orchestrator/operators/channel-pauses.ts'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'
import type { RecordStore } from '../../../../src/ports/persistency.ts'
import type { ChannelRetry, Sent } from '../../../../src/ports/channel.ts'
import { BUSY, DELIVERED, SILENT, fakeChannel } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { passing, stage } from '../stage.ts'
import type { Stage, StageOptions } from '../stage.ts'

const NOW = simulatedRuntime().wallClock()
const RETRY: ChannelRetry = { attempts: 20, firstWait: 200, longestWait: 60_000 }
const FAILED: Sent = { kind: 'rejected', status: 500, retryable: true, answer: 'no stock in hall 7' }
const TAKEN: Sent = { kind: 'rejected', status: 409, retryable: false, answer: 'seen before' }

/** A saga whose first command is under way. */
async function sending(retry: ChannelRetry | undefined, options: StageOptions = {}): Promise<Stage> {
  const scene = stage({ channel: fakeChannel('reservations', 10_000, retry), ...options })
  scene.orchestrator.start()
  await scene.create()
  return scene
}

async function saga({ store }: Stage): Promise<Saga> {
  const loaded = await store.load('s1')
  if (loaded === undefined) throw new Error('load the saga: it is not there')
  return loaded.saga
}

function operate(scene: Stage, kind: 'hold' | 'release'): Promise<unknown> {
  const operation = { sagaId: 's1', id: kind, operator: 'zoe', reason: 'a look', action: { kind } }
  return passing(scene.runtime, scene.orchestrator.operate(operation))
}

function pausesOf({ orchestrator, runtime }: Stage, records: RecordStore): ChannelPauses {
  return new ChannelPauses({ records, process: orchestrator, runtime })
}

const BY = { operator: 'zoe', reason: 'the shop is away' }

describe('P15 answers', () => {
  test('P15 after the last answer a dead letter has the words of the participant, and one line says so', async () => {
    const scene = await sending(RETRY)
    scene.channel.always(FAILED)
    await scene.runtime.advance(3_600_000)
    const { owed, due, deadLetters } = await saga(scene)
    expect([owed, due]).toEqual([[], undefined])
    const last = { status: 500, answer: 'no stock in hall 7' }
    expect(deadLetters).toMatchObject([{ id: 's1/0/0', attempts: 20, why: 'status 500', last }])
    expect(scene.channel.ids).toHaveLength(20)
    expect(scene.metrics.times('count command-given-up')).toBe(1)
    const lines = scene.runtime.logged.filter(({ code }) => code === 'command.given-up')
    const fields = { saga: 's1', label: 'validateReservation', channel: 'reservations', attempts: 20 }
    expect(lines).toMatchObject([{ fields: { ...fields, why: 'status 500', answer: last.answer } }])
    await scene.stop()
  })

  test('P15 an answer that a repeat cannot change gives the command up at once', async () => {
    const scene = await sending(RETRY)
    scene.channel.answer('s1/0/0', { kind: 'rejected', status: 404, retryable: false })
    await scene.settle()
    expect(await saga(scene)).toMatchObject({ owed: [], deadLetters: [{ why: 'status 404', attempts: 1 }] })
    await scene.stop()
  })

  test('P15 without `retry` the same answer is sent again', async () => {
    const scene = await sending(undefined)
    scene.channel.answer('s1/0/0', { kind: 'rejected', status: 404, retryable: false })
    await scene.settle()
    expect(await saga(scene)).toMatchObject({ owed: [{ attempts: 1 }], deadLetters: [] })
    await scene.stop()
  })

  test('P15 409 on a first send is a dead letter, on a repeat the command has arrived', async () => {
    const scene = await sending(RETRY)
    scene.channel.answer('s1/0/0', TAKEN)
    await scene.settle()
    expect((await saga(scene)).deadLetters).toMatchObject([{ why: 'status 409', last: { answer: 'seen before' } }])
    await scene.tell('validationOK')
    scene.channel.answer('s1/1/0', SILENT)
    await scene.runtime.advance(1_000)
    scene.channel.answer('s1/1/0', TAKEN)
    await scene.runtime.advance(2 * DEFAULTS.settle)
    expect(await saga(scene)).toMatchObject({ owed: [], deadLetters: [{ id: 's1/0/0' }] })
    expect(scene.runtime.logged.map(({ code }) => code)).toContain('command.settled')
    await scene.stop()
  })

  test('P15 409 to the command of a process that died settles it: its send may have arrived', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const dead = stage({ store, channel: fakeChannel('reservations', 10_000, RETRY) })
    await dead.create()
    const other = stage({ store, runtime: dead.runtime, channel: fakeChannel('reservations', 10_000, RETRY) })
    other.channel.always(TAKEN)
    other.orchestrator.start()
    await dead.runtime.advance(20_000)
    expect(await saga(other)).toMatchObject({ owed: [], deadLetters: [] })
    await other.stop()
  })

  test('P15 a command that waited in a full queue was not sent: 409 is a dead letter', async () => {
    const scene = await sending(RETRY)
    for (let n = 0; n < DEFAULTS.sendsAtOnce + DEFAULTS.queue; n++) await scene.create(`other-${n}`)
    const last = `other-${DEFAULTS.sendsAtOnce + DEFAULTS.queue - 1}`
    expect(scene.metrics.times('count relay-forgotten')).toBe(1)
    scene.channel.always(DELIVERED)
    await scene.settle()
    scene.channel.always(TAKEN)
    await scene.runtime.advance(2 * DEFAULTS.sweep)
    expect((await scene.store.load(last))?.saga.deadLetters).toMatchObject([{ why: 'status 409' }])
    await scene.stop()
  })

  test('P15 `Retry-After` puts the next send off', async () => {
    const scene = await sending(RETRY)
    scene.channel.answer('s1/0/0', { ...BUSY, retryAfter: 30_000 } as Sent)
    await scene.runtime.advance(29_000)
    expect(scene.channel.ids).toHaveLength(1)
    await scene.runtime.advance(5_000)
    expect(scene.channel.ids).toHaveLength(2)
    await scene.stop()
  })
})

describe('P15 `giveUpAfter`', () => {
  const retry = { ...RETRY, giveUpAfter: 60_000 }

  test.each([
    ['silence', SILENT, 'nobody answers', 0],
    ['answers', BUSY, 'status 503', expect.any(Number)],
  ])('P15 counts %s: after it a dead letter, without a further send', async (_, sent, why, attempts) => {
    const scene = await sending(retry)
    scene.channel.always(sent)
    await scene.runtime.advance(59_000)
    expect((await saga(scene)).owed).toHaveLength(1)
    const sends = scene.channel.ids.length
    await scene.runtime.advance(1_200)
    const { owed, deadLetters } = await saga(scene)
    expect(owed).toEqual([])
    expect(deadLetters).toMatchObject([{ why: `not delivered within 60 s: ${why}`, attempts, last: expect.anything() }])
    await scene.runtime.advance(3_600_000)
    expect(scene.channel.ids.length).toBeLessThanOrEqual(sends + 1)
    expect(scene.metrics.times('count command-given-up')).toBe(1)
    await scene.stop()
  })

  test('P15 a command that was never sent is sent once, however old it is', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const dead = stage({ store, channel: fakeChannel('reservations', 10_000, retry) })
    await dead.create()
    await dead.runtime.advance(3_600_000)
    const other = stage({ store, runtime: dead.runtime, channel: fakeChannel('reservations', 10_000, retry) })
    other.channel.always(DELIVERED)
    other.orchestrator.start()
    await other.runtime.advance(2 * DEFAULTS.settle)
    expect(other.channel.ids).toEqual(['s1/0/0'])
    expect(await saga(other)).toMatchObject({ owed: [], deadLetters: [] })
    await other.stop()
  })

  test.each([SILENT, FAILED])(
    'P15 P28 the time of a pause does not count, nor the circuit in it ($kind)',
    async (sent) => {
      const scene = await sending(retry)
      scene.channel.answer('s1/0/0', sent)
      await scene.settle()
      for (let at = 0; at < 6; at++) await scene.create(`other-${at}`)
      scene.channel.always(sent)
      await scene.runtime.advance(2_000)
      scene.orchestrator.pause('reservations')
      await scene.runtime.advance(600_000)
      expect((await saga(scene)).owed).toHaveLength(1)
      const sends = scene.channel.ids.length
      scene.orchestrator.resume('reservations')
      await scene.runtime.advance(50_000)
      expect((await saga(scene)).owed).toHaveLength(1)
      const [again, most] = [scene.channel.ids.length - sends, 7 * 60]
      expect([again >= 7, again < most]).toEqual([true, true]) // with their backoff
      await scene.runtime.advance(70_000)
      expect(await saga(scene)).toMatchObject({ owed: [], deadLetters: [{ id: 's1/0/0' }] })
      await scene.stop()
    },
  )

  test('P15 P28 the time of a pause does not count in a process that begins after it', async () => {
    const records = new ProcessRecords()
    const first = await sending(retry)
    const { runtime, store } = first
    first.channel.always(SILENT)
    await runtime.advance(2_000)
    await pausesOf(first, records).pause('reservations', BY)
    await runtime.advance(600_000)
    await pausesOf(first, records).resume('reservations', BY)
    await first.stop()
    const later = stage({ store, runtime, channel: fakeChannel('reservations', 10_000, retry) })
    pausesOf(later, records).carryOut({ keys: await records.keys('', 100), asOf: runtime.monotonic() })
    later.channel.always(SILENT)
    later.orchestrator.start()
    await runtime.advance(30_000)
    expect((await saga(later)).owed).toHaveLength(1)
    expect(later.channel.ids.length).toBeGreaterThan(1)
    later.channel.always(DELIVERED)
    await runtime.advance(30_000)
    expect(await saga(later)).toMatchObject({ owed: [], deadLetters: [] })
    await later.stop()
  })

  test('P15 P26 the time of a hold does not count', async () => {
    const scene = await sending(retry)
    scene.channel.answer('s1/0/0', SILENT)
    await scene.runtime.advance(100)
    await operate(scene, 'hold')
    await scene.runtime.advance(600_000)
    await operate(scene, 'release')
    scene.channel.always(SILENT)
    await scene.runtime.advance(58_000)
    const [debt] = (await saga(scene)).owed
    expect(debt).toMatchObject({ since: NOW, held: 600_000, sends: expect.any(Number) })
    await scene.runtime.advance(4_000)
    expect(await saga(scene)).toMatchObject({
      owed: [],
      deadLetters: [{ why: 'not delivered within 60 s: nobody answers' }],
    })
    await scene.stop()
  })

  test('P15 each dead letter has its line and its count by channel', async () => {
    const scene = stage({ channel: fakeChannel('reservations', 10_000, RETRY) })
    scene.channel.always({ kind: 'rejected', status: 404, retryable: false })
    for (const id of ['s1', 's2', 's3']) await scene.create(id)
    await scene.settle()
    const lines = scene.runtime.logged.filter(({ code, level }) => code === 'command.given-up' && level === 'error')
    expect(lines.map(({ fields }) => fields?.['saga'])).toEqual(['s1', 's2', 's3'])
    expect(scene.metrics.times('gave up reservations 4xx')).toBe(3)
    await scene.stop()
  })

  test('P15 I5 a silent channel without capacity does not keep its old commands', async () => {
    const scene = stage({ channel: fakeChannel('reservations', 10_000, retry) })
    scene.orchestrator.start()
    scene.channel.always(SILENT)
    for (let n = 0; n < 300; n++) await scene.create(`s${n}`)
    await scene.runtime.advance(180_000) // a full scan follows within a minute
    const found = await Promise.all(Array.from({ length: 300 }, (_, n) => scene.store.load(`s${n}`)))
    expect(found.filter((one) => one?.saga.deadLetters.length === 1)).toHaveLength(300)
    await scene.stop()
  })
})

describe('9 the ends of sends', () => {
  test('P15 the outbox has the number of sends, silent ones included, and the end of the newest', async () => {
    const scene = await sending(RETRY)
    scene.channel.answer('s1/0/0', SILENT)
    await scene.runtime.advance(1_000)
    expect((await saga(scene)).owed).toMatchObject([{ sends: 1, attempts: 0, last: { answer: 'nobody answers' } }])
    scene.channel.answer('s1/0/0', FAILED)
    await scene.settle()
    const last = { at: scene.runtime.wallClock(), status: 500, answer: 'no stock in hall 7' }
    expect((await saga(scene)).owed).toMatchObject([{ sends: 2, attempts: 1, last }])
    await scene.stop()
  })

  test('P15 the log line of a failed send has saga, label, attempt, status and next try', async () => {
    const scene = await sending(RETRY)
    scene.channel.answer('s1/0/0', FAILED)
    await scene.settle()
    const [debt] = (await saga(scene)).owed
    const line = scene.runtime.logged.find(({ code }) => code === 'command.rejected')
    expect(line?.fields).toEqual({
      saga: 's1',
      label: 'validateReservation',
      command: 's1/0/0',
      channel: 'reservations',
      attempt: 1,
      status: 500,
      answer: 'no stock in hall 7',
      nextTry: new Date(debt?.due ?? 0).toISOString(),
    })
    await scene.stop()
  })
})

describe('9 deliveries', () => {
  test('P18 a delivered command of the state is kept with its bytes, in the write that settles it', async () => {
    const scene = await sending(RETRY)
    scene.channel.answer('s1/0/0', FAILED)
    await scene.runtime.advance(1_000)
    scene.channel.answer('s1/0/0', DELIVERED)
    const at = scene.runtime.wallClock()
    await scene.runtime.advance(2 * DEFAULTS.settle)
    const { owed, delivered } = await saga(scene)
    const command = { id: 's1/0/0', label: 'validateReservation', channel: 'reservations' }
    expect([owed, delivered]).toEqual([[], [{ ...command, since: NOW, at, sends: 2 }]])
    expect(scene.store.saves).toHaveLength(4) // creation, failure, claim, settlement
    await scene.stop()
  })

  test('P18 the step that leaves the state carries the settlement alone', async () => {
    const scene = await sending(RETRY)
    scene.channel.answer('s1/0/0', DELIVERED)
    await scene.settle()
    await scene.tell('validationOK')
    expect(scene.store.saves.at(-1)).toMatchObject({ settled: ['s1/0/0'] })
    expect(scene.store.saves.at(-1)?.deliveries).toBeUndefined()
    expect((await saga(scene)).delivered).toBeUndefined()
    await scene.stop()
  })

  test('P18 a command of an earlier state is settled and not kept', async () => {
    const scene = await sending(RETRY)
    await scene.tell('validationOK')
    await scene.runtime.advance(1)
    scene.channel.answer('s1/0/0', DELIVERED)
    scene.channel.answer('s1/1/0', DELIVERED)
    await scene.runtime.advance(2 * DEFAULTS.settle)
    expect((await saga(scene)).delivered).toMatchObject([{ id: 's1/1/0', sends: 1 }])
    await scene.stop()
  })

  test('P18 a repeat that is delivered replaces the delivery before', async () => {
    const scene = await sending(RETRY)
    scene.channel.answer('s1/0/0', DELIVERED)
    await scene.runtime.advance(2 * DEFAULTS.settle)
    const { delivered = [], ...head } = await saga(scene)
    const again = delivered.map((one) => ({ ...one, sends: 2 }))
    const change = { sagaId: 's1', writeId: 'w', at: NOW, deliveries: again }
    expect(evolve({ ...head, delivered }, change).delivered).toEqual(again)
    await scene.stop()
  })
})
