import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Operated } from '../../../../src/orchestrator/operators/saga-operation.ts'
import { BUSY, DELIVERED, fakeChannel, SILENT } from '../../../fakes/channel.ts'
import { begin, begun, creation, forgetful, owed } from './redelivery-stage.ts'
import { passing, stage } from '../stage.ts'

describe('recovery by redelivery', () => {
  test('P17 an event is acknowledged only when its command is delivered', async () => {
    const scene = await begun()
    const event = begin(scene, 'validationOK')
    expect(await event.settled()).toEqual([])
    expect((await scene.store.load('s1'))?.saga.state).toBe('reservationValidated') // durable before it is sent (I1)
    scene.channel.answer('s1/1/0')
    expect(await event.settled()).toEqual(['moved'])
  })

  test('P17 a creation is acknowledged only when its command is delivered', async () => {
    const scene = stage({ store: forgetful() })
    const kinds: string[] = []
    const done = scene.orchestrator.create(creation).then(({ kind }) => kinds.push(kind))
    await scene.settle()
    expect([kinds, scene.channel.ids]).toEqual([[], ['s1/0/0']])
    scene.channel.answer('s1/0/0')
    await done
    expect(kinds).toEqual(['created'])
  })

  test('P17 a state without a command is acknowledged at once', async () => {
    const scene = await begun()
    expect(await begin(scene, 'validationKO').settled()).toEqual(['moved'])
    expect(await scene.tell('validationKO')).toMatchObject({ kind: 'duplicate' })
  })

  test.each([
    ['refused', BUSY],
    ['without an answer', SILENT],
  ])('P17 a command that is %s: the sender must ask again, and then it goes out', async (_, sent) => {
    const scene = await begun()
    const event = begin(scene, 'validationOK')
    await scene.settle()
    scene.channel.answer('s1/1/0', sent)
    expect(await event.settled()).toEqual(['unavailable'])
    expect(await owed(scene)).toContain('s1/1/0')
    const again = begin(scene, 'validationOK')
    await scene.settle()
    scene.channel.answer('s1/1/0')
    expect(await again.settled()).toEqual(['duplicate'])
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/1/0', 's1/1/0']) // I7
    await scene.runtime.advance(2 * DEFAULTS.settle)
    expect(await owed(scene)).toEqual([])
  })

  test('P26 P17 a repeat for a held saga is answered: what it owes waits for the release, which sends it', async () => {
    const scene = await begun()
    const event = begin(scene, 'validationOK')
    await scene.settle()
    scene.channel.answer('s1/1/0', BUSY)
    expect(await event.settled()).toEqual(['unavailable'])
    const by = { sagaId: 's1', operator: 'zoe', reason: 'the bank is away' }
    const operate = (kind: 'hold' | 'release') =>
      passing(scene.runtime, scene.orchestrator.operate({ ...by, id: `key/${kind}`, action: { kind } }))
    expect(await operate('hold')).toMatchObject({ kind: 'done' })
    expect(await scene.tell('validationOK')).toMatchObject({ kind: 'duplicate' })
    expect(await scene.tell('confirmationOK', 'key/next')).toMatchObject({ kind: 'parked' })
    expect(await owed(scene)).toContain('s1/1/0')
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/1/0'])
    scene.channel.always(DELIVERED)
    expect(await operate('release')).toMatchObject({ details: { sent: ['s1/1/0'] } })
    await scene.settle()
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/1/0', 's1/1/0'])
  })

  test('P15 P17 the repeat whose claim gives the command up is acknowledged: nothing is left to wait for', async () => {
    const retry = { attempts: 20, firstWait: 200, longestWait: 60_000, giveUpAfter: 60_000 }
    const scene = stage({ store: forgetful(), channel: fakeChannel('reservations', 10_000, retry) })
    scene.channel.always(SILENT)
    expect(await passing(scene.runtime, scene.orchestrator.create(creation))).toMatchObject({ kind: 'unavailable' })
    await scene.runtime.advance(61_000)
    expect(await passing(scene.runtime, scene.orchestrator.create(creation))).toMatchObject({ kind: 'repeated' })
    expect((await scene.store.load('s1'))?.saga).toMatchObject({ owed: [], deadLetters: [{ id: 's1/0/0' }] })
    expect(scene.channel.ids).toEqual(['s1/0/0'])
  })

  test('P17 after a crash between save and send a repeat of the event sends the command before its lease ends', async () => {
    const store = forgetful()
    const dead = await begun(store)
    begin(dead, 'validationOK') // saved, and never sent by anybody: its process is gone
    await dead.settle()
    const scene = stage({ store, runtime: dead.runtime })
    const again = begin(scene, 'validationOK')
    expect(await again.settled()).toEqual([])
    expect(scene.channel.ids).toEqual(['s1/1/0'])
    scene.channel.answer('s1/1/0')
    expect(await again.settled()).toEqual(['duplicate'])
  })

  test('P29 P17 after a crash a repeat with other headers sends those of the step', async () => {
    const store = forgetful()
    const dead = stage({ store })
    void dead.orchestrator.create({ ...creation, headers: { miauserid: 'creator' } })
    await dead.settle()
    const event = { id: 'key/1', sagaId: 's1', label: 'validationOK', payload: {} }
    void dead.orchestrator.handle({ ...event, headers: { miauserid: 'guest' } })
    await dead.settle()
    const scene = stage({ store, runtime: dead.runtime })
    scene.channel.always(DELIVERED)
    await scene.orchestrator.handle({ ...event, headers: { miauserid: 'other' } })
    await scene.orchestrator.create({ ...creation, headers: { miauserid: 'other' } })
    const sent = scene.channel.begun.map(({ id, headers }) => [id, headers])
    expect(Object.fromEntries(sent)).toEqual({
      's1/1/0': { miauserid: 'guest' },
      's1/0/0': { miauserid: 'creator' },
    })
  })

  test('P17 after a crash a repeat of the creation sends the command', async () => {
    const store = forgetful()
    const dead = stage({ store })
    void dead.orchestrator.create(creation)
    await dead.settle()
    const scene = stage({ store, runtime: dead.runtime })
    scene.channel.always(DELIVERED)
    expect(await passing(scene.runtime, scene.orchestrator.create(creation))).toEqual({
      kind: 'repeated',
      sagaId: 's1',
    })
    expect(scene.channel.ids).toEqual(['s1/0/0'])
  })

  test('P13 another event after the end of the lease sends the older command first', async () => {
    const store = forgetful()
    const dead = stage({ store })
    void dead.orchestrator.create(creation)
    await dead.settle()
    const scene = stage({ store, runtime: dead.runtime })
    await scene.runtime.advance(2 * DEFAULTS.answer)
    const next = begin(scene, 'validationOK')
    expect(await next.settled()).toEqual([])
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/1/0'])
    scene.channel.answer('s1/1/0')
    expect(await next.settled()).toEqual(['moved'])
    expect(await owed(scene)).toEqual(['s1/0/0', 's1/1/0']) // whoever created the saga has no answer yet
  })

  test('P12 P17 a command that another process may be sending is left to it, and to the repeat of its own event', async () => {
    const store = forgetful()
    const other = stage({ store })
    void other.orchestrator.create(creation) // its participant emits before it answers
    await other.settle()
    const scene = stage({ store, runtime: other.runtime })
    scene.channel.always(DELIVERED)
    expect(await scene.tell('validationOK')).toMatchObject({ kind: 'moved' })
    expect(await scene.tell('validationOK')).toMatchObject({ kind: 'duplicate' })
    expect(scene.channel.ids).toEqual(['s1/1/0'])
    expect(await scene.orchestrator.create(creation)).toMatchObject({ kind: 'repeated' })
    expect(scene.channel.ids).toEqual(['s1/1/0', 's1/0/0'])
  })

  test('I2 P12 a repeat of the event at another process sends its commands at once', async () => {
    const store = forgetful()
    const other = await begun(store)
    begin(other, 'validationOK')
    await other.settle()
    const scene = stage({ store, runtime: other.runtime })
    scene.channel.always(DELIVERED)
    expect(await scene.tell('validationOK')).toMatchObject({ kind: 'duplicate' })
    expect(scene.channel.ids).toEqual(['s1/1/0'])
  })

  test('P17 an event without an id of its own cannot be told from a new one: it sends the owed commands too', async () => {
    const store = forgetful()
    const dead = await begun(store)
    begin(dead, 'validationOK', 'random/1')
    await dead.settle()
    const scene = stage({ store, runtime: dead.runtime })
    const again = begin(scene, 'validationOK', 'random/2')
    expect(await again.settled()).toEqual([])
    scene.channel.always(DELIVERED)
    expect(await again.settled()).toEqual(['unexpected'])
    expect(scene.channel.ids).toContain('s1/1/0')
  })

  test('P17 a silent participant: 503 at the deadline, not later, and a redelivery settles it', async () => {
    const scene = await begun()
    const event = begin(scene, 'validationOK')
    await scene.runtime.advance(DEFAULTS.deadline - 10)
    expect(await event.settled()).toEqual([])
    await scene.runtime.advance(10)
    expect(await event.settled()).toEqual(['unavailable'])
    const again = begin(scene, 'validationOK') // it is under way still, so nobody sends it twice
    expect(await again.settled()).toEqual([])
    scene.channel.answer('s1/1/0')
    expect(await again.settled()).toEqual(['duplicate'])
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/1/0'])
  })

  test('P13 a participant that emits before it answers does not deadlock, not even by a repeat', async () => {
    const scene = await begun()
    const first = begin(scene, 'validationOK')
    await scene.settle() // the participant has s1/1/0 and answers only when its own event is acknowledged
    const emitted = begin(scene, 'checkOK')
    expect(await emitted.settled()).toEqual(['moved'])
    const again = begin(scene, 'checkOK')
    expect(await again.settled()).toEqual(['duplicate'])
    expect(await first.settled()).toEqual([])
    scene.channel.answer('s1/1/0')
    expect(await first.settled()).toEqual(['moved'])
  })

  test('P17 a repeat of the event while its command is being sent waits for it like the first', async () => {
    const scene = await begun()
    const first = begin(scene, 'validationOK')
    await scene.settle()
    const again = begin(scene, 'validationOK')
    expect(await again.settled()).toEqual([])
    scene.channel.answer('s1/1/0', SILENT)
    expect([await first.settled(), await again.settled()]).toEqual([['unavailable'], ['unavailable']])
  })

  test('P13 other events of the saga go on while one waits for its command', async () => {
    const scene = await begun()
    const waiting = begin(scene, 'validationOK')
    await scene.settle()
    expect(await scene.tell('nonsense')).toMatchObject({ kind: 'unexpected' })
    expect(waiting.answers).toEqual([])
  })

  test('P17 a store that fails during the repeat gives no acknowledgement', async () => {
    const scene = await begun()
    const event = begin(scene, 'validationOK')
    await scene.settle()
    scene.channel.answer('s1/1/0', SILENT)
    await event.done
    scene.store.trouble('before')
    expect(await scene.tell('validationOK')).toMatchObject({ kind: 'unavailable' })
    scene.channel.always(DELIVERED)
    expect(await scene.tell('validationOK')).toMatchObject({ kind: 'duplicate' })
  })

  test('P17 a command answered while the document is read for its repeat is delivered, and is not sent again', async () => {
    const scene = await begun()
    begin(scene, 'validationOK')
    await scene.settle()
    const reading = Promise.withResolvers<void>()
    const read = scene.store.document.bind(scene.store)
    scene.store.document = (id) => reading.promise.then(() => read(id))
    const again = begin(scene, 'validationOK')
    await scene.settle()
    scene.channel.answer('s1/1/0')
    await scene.settle()
    reading.resolve()
    expect(await again.settled()).toEqual(['duplicate'])
  })

  test('P17 a head is remembered only where the store gives a tag', async () => {
    for (const unguarded of [false, true]) {
      const scene = await begun(forgetful({ unguarded }))
      scene.channel.always(DELIVERED)
      const before = scene.store.loads
      await scene.tell('validationOK')
      expect(scene.store.loads - before).toBe(unguarded ? 1 : 0)
    }
  })

  test('P17 redelivery is logged at start, once', async () => {
    const scene = stage({ store: forgetful() })
    scene.orchestrator.start()
    const lines = scene.runtime.logged.filter(({ code }) => code === 'store.no-query')
    expect(lines).toMatchObject([{ level: 'info', fields: { store: 'memory' } }])
    const other = stage()
    other.orchestrator.start()
    expect(other.runtime.logged).toEqual([])
    await other.stop()
  })
})

test('P17 P25 an action is answered after its sends, with those that had no success: nothing else sends them again', async () => {
  const scene = await begun()
  void scene.tell('validationOK')
  await scene.settle()
  scene.channel.answer('s1/1/0', BUSY)
  await scene.settle()
  const answers: Operated[] = []
  const redeliver = (id: string) =>
    scene.orchestrator
      .operate({ sagaId: 's1', id, operator: 'zoe', reason: 'mended', action: { kind: 'redeliver' } })
      .then((answer) => void answers.push(answer))
  void redeliver('key/1')
  await scene.settle()
  expect(answers).toEqual([])
  scene.channel.answer('s1/1/0', BUSY)
  await scene.settle()
  expect(answers).toMatchObject([{ kind: 'done', details: { sent: ['s1/1/0'], notDelivered: ['s1/1/0'] } }])
  void redeliver('key/2')
  await scene.settle()
  scene.channel.answer('s1/1/0')
  await scene.settle()
  expect(answers[1]).toEqual({
    kind: 'done',
    sagaId: 's1',
    state: 'reservationValidated',
    details: { sent: ['s1/1/0'] },
  })
  void redeliver('key/3') // it is delivered, and refused
  await scene.settle()
  expect(answers[2]).toMatchObject({ kind: 'refused' })
})
