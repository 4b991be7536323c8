import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { formerFingerprintOf } from '../../../../src/orchestrator/ids.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { passing, stage } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { LINE } from './parking-stage.ts'

/** Lines of the log of these codes. */
function lines({ runtime }: Stage, ...codes: readonly string[]) {
  return runtime.logged.filter(({ code }) => codes.includes(code)).map(({ code, fields }) => ({ code, ...fields }))
}

/** A machine with other names for all of its states but the end. */
const FOREIGN = {
  initialState: 'other',
  states: [{ id: 'other', isFinal: false, outgoingTransitions: [{ inputEvent: 'to-b', targetState: 'other' }] }],
}

describe('P8 a creation', () => {
  test('P8 the fingerprint of an earlier version is that of the same body, in its order of keys', async () => {
    const scene = stage()
    const metadata = { b: 1, a: 2 }
    const creation = { id: 's1', entity: 'e', metadata, key: 'k' }
    const former = { ...creation, fingerprint: formerFingerprintOf('e', metadata) }
    expect(await passing(scene.runtime, scene.orchestrator.create(former))).toMatchObject({ kind: 'created' })
    expect(await passing(scene.runtime, scene.orchestrator.create(creation))).toMatchObject({ kind: 'repeated' })
    const other = { ...creation, metadata: { b: 1, a: 3 } }
    expect(await passing(scene.runtime, scene.orchestrator.create(other))).toMatchObject({ kind: 'mismatch' })
  })

  test('P8 a saga that was created without a key has no fingerprint: a key that means it is a mismatch', async () => {
    const scene = stage()
    await scene.create('s1')
    const keyed = { id: 's1', entity: 'e', metadata: { n: 0 }, key: 'k' }
    expect(await passing(scene.runtime, scene.orchestrator.create(keyed))).toEqual({ kind: 'mismatch', sagaId: 's1' })
  })

  test('P21 it is not begun after work that has held its saga up until its deadline', async () => {
    const scene = stage()
    const gate = Promise.withResolvers<void>()
    const load = scene.store.load.bind(scene.store)
    scene.store.load = async (id) => {
      await gate.promise
      return load(id)
    }
    void scene.orchestrator.handle({ id: 'e', sagaId: 's1', label: 'validationOK', payload: {} })
    const creating = scene.orchestrator.create({ id: 's1', entity: 'e', metadata: {} })
    await scene.runtime.advance(DEFAULTS.deadline)
    expect(await creating).toMatchObject({ kind: 'unavailable' })
    gate.resolve()
    await scene.runtime.advance(10_000)
    expect(await scene.store.load('s1')).toBeUndefined()
  })

  test('P20 one that fails is logged with its request, and takes readiness away until one succeeds', async () => {
    const scene = stage()
    const steps: string[] = []
    Object.assign(scene.metrics, { step: (name: string) => void steps.push(name) })
    scene.store.down()
    const creation = { id: 's1', entity: 'e', metadata: {}, requestId: 'r7' }
    expect(await passing(scene.runtime, scene.orchestrator.create(creation))).toMatchObject({ kind: 'unavailable' })
    expect(scene.orchestrator.creates().ok).toBe(false)
    const [line] = lines(scene, 'request.unavailable')
    expect(line).toEqual({ code: 'request.unavailable', saga: 's1', why: 'the store is down', reqId: 'r7' })
    scene.store.mend()
    expect(await passing(scene.runtime, scene.orchestrator.create(creation))).toMatchObject({ kind: 'created' })
    expect(scene.orchestrator.creates()).toEqual({ ok: true })
    await scene.runtime.advance(10_000)
    expect(lines(scene, 'request.available')).toMatchObject([{ over: 'request.unavailable', times: 1 }])
    expect(steps).toEqual(['creation', 'creation'])
    await scene.stop()
  })
})

describe('C4.3 events without a step', () => {
  test('C4.3 what is not expected, and what is refused, is logged with the reason', async () => {
    const merge = () => {
      throw new Error('the payload does not fit')
    }
    const scene = stage({ merge })
    await scene.create()
    expect(await scene.tell('checkOK', 'key/1')).toMatchObject({ kind: 'unexpected' })
    expect(await scene.tell('validationOK', 'key/2')).toMatchObject({ kind: 'refused' })
    const fields = { saga: 's1', state: 'reservationCreated' }
    expect(lines(scene, 'event.unexpected', 'event.refused')).toMatchObject([
      {
        code: 'event.unexpected',
        ...fields,
        label: 'checkOK',
        expected: expect.arrayContaining(['validationOK']) as string[],
      },
      {
        code: 'event.refused',
        ...fields,
        label: 'validationOK',
        why: expect.stringContaining('the payload does not fit') as string,
      },
    ])
    expect(lines(scene, 'event.stranded')).toEqual([])
    await scene.stop()
  })

  test('P11 a state that the machine lacks is one incident, however often the event comes', async () => {
    const scene = stage({ definition: LINE })
    await scene.create()
    const other = stage({ definition: FOREIGN, store: scene.store, runtime: scene.runtime })
    for (const id of ['1', '2']) expect(await other.tell('to-b', id)).toMatchObject({ kind: 'stranded' })
    const stranded = other.runtime.logged.filter(({ code }) => code === 'event.stranded')
    expect(stranded.map(({ level }) => level)).toEqual(['error', 'debug'])
    expect(stranded[0]?.fields).toMatchObject({ saga: 's1', label: 'to-b', state: 'a' })
    await other.stop()
  })

  test('P11 a source whose store does not sweep keeps the event itself: nothing else would find it', async () => {
    const memory = timelessMemory()
    const scene = stage({ definition: LINE, store: fakeStore(memory) })
    await scene.create()
    const alarms = fakeStore(memory)
    Object.assign(alarms.can, { recovery: { by: 'alarm' } })
    const other = stage({ definition: FOREIGN, store: alarms, runtime: scene.runtime })
    const event = { id: 'e', sagaId: 's1', label: 'to-b', payload: {} }
    const handled = other.orchestrator.handle(event, 1_000, { hasDeadLetters: false })
    expect(await passing(scene.runtime, handled)).toMatchObject({ kind: 'stranded' })
    await other.stop()
  })

  test('P11 an event that no state lists, of a state that the machine lacks, is parked with a line that says so', async () => {
    const scene = stage({ definition: LINE })
    await scene.create()
    const other = stage({ definition: FOREIGN, store: scene.store, runtime: scene.runtime })
    const event = { id: 'e', sagaId: 's1', label: 'never', payload: {} }
    const handled = other.orchestrator.handle(event, 1_000, { hasDeadLetters: false })
    expect(await passing(scene.runtime, handled)).toMatchObject({ kind: 'parked' })
    expect(lines(other, 'event.unlisted')).toMatchObject([
      { saga: 's1', label: 'never', state: 'a', reason: 'stranded', expected: [] },
    ])
    await other.stop()
  })

  test('I4 a repeat that would move the saga again is known by its write, in a shared store too', async () => {
    const scene = stage({ definition: FOREIGN, store: fakeStore(timelessMemory({ shared: true })) })
    await scene.create()
    expect(await scene.tell('to-b', 'e')).toMatchObject({ kind: 'moved' })
    const saves = scene.store.saves.length
    expect(await scene.tell('to-b', 'e')).toEqual({ kind: 'duplicate', sagaId: 's1', state: 'other' })
    expect(scene.store.saves).toHaveLength(saves + 1)
    await scene.stop()
  })

  test('C4.4 a saga that was not final and is gone was lost: each state of such sagas is an incident', async () => {
    const scene = stage()
    for (const id of ['s1', 's2']) await scene.create(id)
    await scene.tell('validationOK', 'key/1', 's2')
    scene.store.load = async () => undefined
    for (const id of ['s1', 's2']) {
      const answer = await scene.tell('cancel', 'key/2', id)
      expect(answer).toEqual({ kind: 'unknown-saga', sagaId: id })
    }
    const lost = scene.runtime.logged.filter(({ code }) => code === 'saga.lost')
    expect(lost.map(({ level, fields }) => [level, fields?.['saga'], fields?.['state']])).toEqual([
      ['error', 's1', 'reservationCreated'],
      ['error', 's2', 'reservationValidated'],
    ])
    await scene.stop()
  })

  test('P10 an event that a full saga cannot park is logged as such, and not as parked', async () => {
    const scene = stage({ definition: LINE, unexpectedEvents: 'park', parking: { limit: 0, timeToLive: 60_000 } })
    scene.channel.always(DELIVERED)
    await scene.create()
    const event = { id: 'e', sagaId: 's1', label: 'to-d', payload: {} }
    const handled = scene.orchestrator.handle(event, 1_000, { hasDeadLetters: false })
    expect(await passing(scene.runtime, handled)).toEqual({ kind: 'parked', sagaId: 's1', state: 'a' })
    expect(lines(scene, 'event.parked', 'event.unlisted', 'event.parking-full')).toMatchObject([
      { code: 'event.parking-full', saga: 's1', label: 'to-d', state: 'a', limit: 0 },
    ])
    await scene.stop()
  })
})

describe('what a store cannot do', () => {
  test('C7 a store that cannot list answers a list with false', async () => {
    const store = fakeStore()
    Object.assign(store.can, { list: false })
    const scene = stage({ store })
    expect(await scene.orchestrator.list({ limit: 1 })).toBe(false)
    await scene.stop()
  })
})
