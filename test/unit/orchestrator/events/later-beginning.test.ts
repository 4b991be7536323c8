import { describe, expect, test } from 'vitest'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { LINE, stateOf } from './parking-stage.ts'

describe('a later beginning', () => {
  const definition: MachineDefinition = {
    ...LINE,
    states: LINE.states.map((state) =>
      state.id === 'a' ? { ...state, sideEffects: [{ label: 'tell', channel: 'reservations' }] } : state,
    ),
  }

  async function later(machine = definition) {
    const channel = fakeChannel('reservations')
    channel.always({ kind: 'delivered' })
    const world = stage({ definition: machine, channel })
    const notBefore = world.runtime.wallClock() + 3_600_000
    const creation = { id: 's1', entity: 'e', metadata: { n: 1 }, notBefore, headers: { miauserid: 'u' } }
    expect(await world.orchestrator.create(creation)).toMatchObject({ kind: 'created' })
    return { ...world, notBefore }
  }

  test('C4.1 P26 the saga is there at once; command, side effects and parked events follow at the instant', async () => {
    const { tell, store, channel, orchestrator, runtime, notBefore } = await later()
    orchestrator.start()
    const document = await store.document('s1')
    expect(document).toMatchObject({ currentState: 'a', hold: { until: new Date(notBefore).toISOString() } })
    expect(await tell('to-b')).toMatchObject({ kind: 'parked' })
    await runtime.advance(3_590_000)
    expect(channel.begun).toEqual([])
    await runtime.advance(12_000)
    expect(channel.begun.map(({ label }) => label).toSorted()).toEqual(['do-a', 'do-b', 'tell'])
    const told = channel.begun.find(({ label }) => label === 'tell')
    expect(told).toMatchObject({ id: 's1/0/1', payload: { n: 1 }, headers: { miauserid: 'u' } })
    expect(await store.document('s1')).toMatchObject({ currentState: 'b' })
    expect((await store.document('s1'))?.hold).toBeUndefined()
  })

  test('I9 P26 a process that was restarted since begins the saga, once', async () => {
    const { store, stop, channel } = await later()
    await stop()
    const next = stage({ definition, store, channel, runtime: simulatedRuntime(2) })
    next.orchestrator.start()
    await next.runtime.advance(3_605_000)
    expect(channel.begun.map(({ label }) => label).toSorted()).toEqual(['do-a', 'tell'])
  })

  async function operate({ orchestrator }: Stage, kind: 'hold' | 'release', id: string = kind) {
    return orchestrator.operate({ id, sagaId: 's1', operator: 'zoe', reason: 'today', action: { kind } })
  }

  const timed: MachineDefinition = {
    ...definition,
    states: definition.states.map((state) =>
      state.id === 'a' ? { ...state, timeout: { after: 'PT1M', event: 'to-b' } } : state,
    ),
  }

  test('P26 P18 an operator begins it earlier: the time of its state begins then', async () => {
    const world = await later(timed)
    const { channel, settle, store, runtime } = world
    expect(await operate(world, 'release')).toMatchObject({ kind: 'done' })
    await settle()
    expect(channel.begun.map(({ label }) => label).toSorted()).toEqual(['do-a', 'tell'])
    expect((await store.load('s1'))?.saga.timer?.deadline).toBe(runtime.wallClock() + 60_000)
  })

  test('P26 P18 an operator holds it beyond its instant, once: its command has the whole time after the release', async () => {
    const world = await later(timed)
    world.orchestrator.start()
    expect(await operate(world, 'hold', '1')).toMatchObject({ kind: 'done' })
    const why = expect.stringContaining('the saga is held since')
    expect(await operate(world, 'hold', '2')).toMatchObject({ kind: 'refused', why })
    await world.runtime.advance(2 * 3_600_000)
    expect(world.channel.begun).toEqual([])
    await operate(world, 'release')
    await world.runtime.advance(59_000)
    expect(await stateOf(world.store)).toBe('a')
    await world.runtime.advance(3_000)
    expect(await stateOf(world.store)).toBe('b')
  })

  test('I9 P18 a process that was away at its instant begins the time of its state when it sends the command', async () => {
    const { store, stop, channel } = await later(timed)
    await stop()
    const runtime = simulatedRuntime(2)
    await runtime.advance(2 * 3_600_000)
    const next = stage({ definition: timed, store, channel, runtime })
    next.orchestrator.start()
    await runtime.advance(59_000)
    expect(channel.begun.map(({ label }) => label).toSorted()).toEqual(['do-a', 'tell'])
    expect(await stateOf(store)).toBe('a')
  })

  test('C4.1 an instant in the past begins the saga now', async () => {
    const { orchestrator, channel, settle, runtime } = stage({ definition })
    await orchestrator.create({ id: 's1', entity: 'e', metadata: {}, notBefore: runtime.wallClock() })
    await settle()
    expect(channel.begun.map(({ label }) => label)).toEqual(['do-a', 'tell'])
  })
})
