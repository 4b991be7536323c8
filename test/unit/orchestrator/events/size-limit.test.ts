import { describe, expect, test, vi } from 'vitest'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import type { HandedOnHeaders, Metadata } from '../../../../src/engine/saga.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { whyTooLarge } from '../../../../src/orchestrator/events/size-limit.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { passing, stage } from '../stage.ts'
import type { Stage, StageOptions } from '../stage.ts'

const LIMIT = 10_000
const TOO_LARGE = { kind: 'too-large', limit: LIMIT, part: 'metadata' }

/** A saga without end that commands a participant at each step. */
const LOOP: MachineDefinition = {
  initialState: 'open',
  states: [
    {
      id: 'open',
      isFinal: false,
      outputCommand: { label: 'do', channel: 'reservations' },
      outgoingTransitions: [{ inputEvent: 'went', targetState: 'open' }],
    },
  ],
}

function scene(options: StageOptions = {}) {
  const made = stage({ definition: LOOP, maxSagaSize: LIMIT, ...options })
  made.channel.always(DELIVERED)
  let events = 0
  const send = (payload: Metadata, id = `key/${events++}`, headers?: HandedOnHeaders) =>
    passing(made.runtime, made.orchestrator.handle({ id, sagaId: 's1', label: 'went', payload, headers }))
  const create = (metadata: Metadata, id = 's1') =>
    passing(made.runtime, made.orchestrator.create({ id, entity: 'e', metadata }))
  return { ...made, send, create }
}

/** Metadata whose JSON has this many bytes. */
function sized(bytes: number, letter = 'x'): Metadata {
  const room = bytes - JSON.stringify({ t: '' }).length
  return { t: letter.repeat(room / new TextEncoder().encode(letter).length) }
}

async function metadataOf({ store }: Pick<Stage, 'store'>): Promise<Metadata | undefined> {
  return (await store.load('s1'))?.saga.metadata
}

describe('P24 MAX_SAGA_SIZE', () => {
  test.each([
    ['letters', sized(LIMIT), sized(LIMIT + 1)],
    ['letters of two bytes', sized(LIMIT, 'é'), sized(LIMIT + 2, 'é')],
    ['numbers that are longer written out', { n: Array(450).fill(1e20) }, { n: Array(460).fill(1e20) }],
  ])('P24 a creation of %s: to the byte', async (_, fitting, tooLarge) => {
    const { create, store, channel } = scene()
    expect(await create(tooLarge)).toEqual(TOO_LARGE)
    expect(store.saves).toEqual([])
    expect(channel.begun).toEqual([])
    expect(await create(fitting)).toMatchObject({ kind: 'created' })
  })

  test('P24 an event that would exceed it writes nothing, and a smaller one moves the saga', async () => {
    const here = scene()
    await here.create({ a: 'x'.repeat(6_000) })
    const saves = here.store.saves.length
    expect(await here.send({ b: 'x'.repeat(6_000) })).toEqual(TOO_LARGE)
    expect(here.store.saves).toHaveLength(saves)
    expect(await here.send({ b: 'x'.repeat(3_000) })).toMatchObject({ kind: 'moved' })
    expect(Object.keys((await metadataOf(here)) ?? {})).toEqual(['a', 'b'])
  })

  test('P24 replaced metadata do not count', async () => {
    const here = scene()
    await here.create({ a: 'x'.repeat(9_000) })
    for (let n = 0; n < 5; n++) expect(await here.send({ a: String(n).repeat(9_000) })).toMatchObject({ kind: 'moved' })
  })

  test('P24 I4 a repeat of an applied event is a duplicate, even where it would exceed the limit now', async () => {
    const here = scene()
    await here.create({})
    expect(await here.send({ a: 'x'.repeat(6_000) }, 'key/once')).toMatchObject({ kind: 'moved' })
    expect(await here.send({ a: '', b: 'x'.repeat(6_000) })).toMatchObject({ kind: 'moved' })
    expect(await here.send({ a: 'x'.repeat(6_000) }, 'key/once')).toMatchObject({ kind: 'duplicate' })
    expect(await here.send({ a: 'x'.repeat(6_000) }, 'key/other')).toEqual(TOO_LARGE)
  })

  test('P9 in a shared store, too-large is answered on a fresh head alone', async () => {
    const inner = timelessMemory({ shared: true })
    const one = scene({ store: fakeStore(inner) })
    const other = scene({ store: fakeStore(inner), runtime: simulatedRuntime(2) })
    await one.create({ a: 'x'.repeat(9_000) })
    expect(await other.send({ a: '' }, 'key/other')).toMatchObject({ kind: 'moved' })
    expect(await one.send({ b: 'x'.repeat(6_000) })).toMatchObject({ kind: 'moved' })
  })

  test('P24 P3 commands owed to silent participants are bounded too, and settle once they answer', async () => {
    const here = scene()
    here.channel.always({ kind: 'unreachable', why: 'down' })
    await here.create({ a: 'x'.repeat(6_000) })
    expect(await here.send({ n: 1 })).toMatchObject({ kind: 'moved' })
    expect(await here.send({ n: 2 })).toEqual({ ...TOO_LARGE, part: 'owed' })
    here.channel.always(DELIVERED)
    here.orchestrator.start()
    await here.runtime.advance(120_000)
    expect(await here.send({ n: 3 })).toMatchObject({ kind: 'moved' })
    expect((await metadataOf(here))?.['n']).toBe(3)
    await here.stop()
  })

  test('P24 P29 headers of owed commands count as their payloads do', async () => {
    const here = scene()
    here.channel.always({ kind: 'unreachable', why: 'down' })
    await here.create({})
    expect(await here.send({}, 'key/a', { miauserid: 'x'.repeat(6_000) })).toMatchObject({ kind: 'moved' })
    expect(await here.send({}, 'key/b', { miauserid: 'x'.repeat(6_000) })).toEqual({ ...TOO_LARGE, part: 'owed' })
    expect(await here.send({}, 'key/c', { miauserid: 'x' })).toMatchObject({ kind: 'moved' })
    await here.stop()
  })

  test('P24 the check encodes metadata at most once in many events, and small metadata never', async () => {
    const here = scene()
    const encodes = vi.spyOn(JSON, 'stringify')
    try {
      await here.create({ small: 1 })
      for (let n = 0; n < 10; n++) await here.send({ n })
      expect(encodes).not.toHaveBeenCalled()
      await here.send({ a: 'x'.repeat(8_000) })
      expect(encodes).toHaveBeenCalledOnce()
      for (let n = 0; n < 10; n++) await here.send({ n })
      expect(encodes).toHaveBeenCalledOnce()
    } finally {
      encodes.mockRestore()
    }
  })

  test('P24 a store whose own limit is smaller answers too-large itself', async () => {
    const store = fakeStore()
    Object.assign(store.can, { limit: LIMIT })
    const here = scene({ store })
    expect(await here.create(sized(LIMIT + 1))).toMatchObject({ kind: 'created' })
  })

  test.each([
    [{ part: 'metadata' }, /metadata.* 10000 bytes \(MAX_SAGA_SIZE\); send a reference/],
    [{ part: 'owed' }, /owes.* 10000 bytes \(MAX_SAGA_SIZE\); send the event again/],
    [{}, /10000 bytes that its store takes/],
  ] as const)('P24 the message names limit and remedy: %o', (part, message) => {
    expect(whyTooLarge({ kind: 'too-large', limit: LIMIT, ...part })).toMatch(message)
  })
})
