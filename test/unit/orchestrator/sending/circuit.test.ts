import { describe, expect, test } from 'vitest'
import { Circuit } from '../../../../src/orchestrator/sending/circuit.ts'
import { BUSY, DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { outgoing, relayStage } from './relay-stage.ts'
import { passing, stage } from '../stage.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'

/** A circuit that opened at the instant 10. */
function opened(): Circuit {
  const circuit = new Circuit()
  for (let at = 0; at < 5; at++) circuit.silent(0, 10)
  return circuit
}

describe('circuit', () => {
  test('P28 five sends in a row without an answer open it; an answer in between starts the count again', () => {
    const circuit = new Circuit()
    for (let at = 0; at < 4; at++) expect(circuit.silent(0, at)).toBeUndefined()
    expect(circuit.answered(5)).toBeUndefined()
    for (let at = 0; at < 4; at++) expect(circuit.silent(6, 10)).toBeUndefined()
    expect([circuit.isClosed, circuit.wait(10)]).toEqual([true, 0])
    expect(circuit.silent(6, 10)).toBe('opened')
    expect([circuit.state(10), circuit.wait(10), circuit.state(260)]).toEqual(['open', 250, 'half-open'])
  })

  test('P28 one probe at a time, further and further apart, even where a probe hangs', () => {
    const circuit = opened()
    const waits = Array.from({ length: 5 }, (_, turn) => {
      const now = 10_000 * (turn + 1)
      circuit.began(now)
      return circuit.wait(now)
    })
    expect(waits).toEqual([250, 500, 900, 900, 900])
    expect(circuit.state(50_000)).toBe('half-open')
  })

  test('P28 a probe without an answer leaves it open; any answer closes it', () => {
    const circuit = opened()
    circuit.began(300)
    expect([circuit.state(301), circuit.silent(300, 320), circuit.state(320)]).toEqual([
      'half-open',
      'still-open',
      'open',
    ])
    circuit.began(700)
    expect([circuit.answered(710), circuit.isClosed, circuit.wait(710)]).toEqual(['closed', true, 0])
  })

  test('P28 sends from before it opened or closed end late, and say nothing about the participant of today', () => {
    const circuit = opened()
    expect(circuit.silent(5, 20)).toBeUndefined()
    circuit.answered(100)
    for (let at = 0; at < 9; at++) expect(circuit.silent(50, 10_050)).toBeUndefined()
    expect(circuit.isClosed).toBe(true)
  })
})

describe('relay: an open circuit', () => {
  /** Opens the circuit of the bank with five commands that have no answer. */
  async function silence(options: Parameters<typeof relayStage>[0] = {}) {
    const world = relayStage({ sendsAtOnce: 5, ...options })
    for (let at = 0; at < 5; at++) world.relay.offer(outgoing(`x${at}/0/0`, 'bank'))
    world.relay.offer(outgoing('q/0/0', 'bank'))
    world.relay.offer(outgoing('q/1/0', 'shop'))
    world.bank.always(SILENT)
    await world.runtime.settle()
    world.bank.always(undefined)
    return world
  }

  test('P28 drops what is queued, and what waits behind it, and accepts nothing until the next probe', async () => {
    const { relay, runtime, bank, shop, dropped, freed } = await silence()
    expect([dropped, shop.ids]).toEqual([['q/0/0', 'q/1/0'], []])
    expect([relay.offer(outgoing('r/0/0', 'bank')), relay.spare('bank'), relay.isFull('bank')]).toEqual([
      false,
      0,
      true,
    ])
    expect(relay.states()[0]).toMatchObject({ circuit: 'open', waiting: 0, bytes: 0 })
    await relay.idle()
    await runtime.advance(250)
    expect([freed.filter((id) => id === 'all').length, relay.spare('bank')]).toEqual([1, 1])
    expect(relay.offer(outgoing('r/0/0', 'bank'))).toBe(true)
    expect([relay.offer(outgoing('t/0/0', 'bank')), bank.ids.at(-1), relay.spare('bank')]).toEqual([false, 'r/0/0', 0])
    expect(relay.states()[0]).toMatchObject({ circuit: 'half-open', underWay: 1 })
  })

  test('P28 an answer to the probe closes it, whatever the answer: everything is sent again', async () => {
    const { relay, runtime, bank, freed } = await silence()
    await runtime.advance(250)
    relay.offer(outgoing('r/0/0', 'bank'))
    const before = freed.length
    bank.answer('r/0/0', BUSY)
    await relay.idle()
    expect([relay.states()[0]?.circuit, freed.length]).toEqual(['closed', before + 1])
    for (const id of ['t/0/0', 'u/0/0']) relay.offer(outgoing(id, 'bank'))
    expect(bank.open).toBe(2)
  })

  test('P28 the other channels do not notice', async () => {
    const { relay, shop } = await silence()
    relay.offer(outgoing('r/0/0', 'shop'))
    shop.always(DELIVERED)
    await relay.idle()
    expect([shop.ids, relay.states()[1]?.circuit]).toEqual([['r/0/0'], 'closed'])
  })
})

describe('orchestrator: an open circuit', () => {
  test('P15 P28 500 sagas outlive two minutes of silence with few sends; all are delivered soon after it', async () => {
    const scene = stage()
    scene.channel.always(SILENT)
    scene.orchestrator.start()
    for (let at = 0; at < 500; at++) await scene.create(`saga-${at}`)
    const begun = scene.channel.begun.length
    await scene.runtime.advance(120_000)
    expect(scene.channel.begun.length - begun).toBeLessThan(300)
    expect(scene.channel.begun.length - begun).toBeGreaterThan(60)
    scene.channel.always(DELIVERED)
    const late = scene.channel.begun.length
    await scene.runtime.advance(5_000)
    expect(new Set(scene.channel.ids.slice(late)).size).toBeGreaterThanOrEqual(499)
    expect(scene.runtime.logged.map(({ code }) => code)).toContain('channel.circuit-open')
    await scene.runtime.advance(10_000)
    expect(scene.runtime.logged.map(({ code }) => code)).toContain('channel.circuit-closed')
    for (let at = 0; at < 500; at += 50) expect((await scene.store.load(`saga-${at}`))?.saga.owed).toEqual([])
    await scene.stop()
  })
})

test('P19 P28 a host with an alarm for each saga has no circuit: each alarm sends, however often there was no answer', async () => {
  const inner = timelessMemory()
  const can = { ...inner.can, recovery: { by: 'alarm' } } as const
  const scene = stage({ store: fakeStore(Object.assign(inner, { can })) })
  scene.channel.always(SILENT)
  await scene.create()
  for (let sends = 1; sends < 12; sends++) {
    await scene.settle()
    const due = (await scene.store.load('s1'))?.saga.due ?? 0
    expect([scene.channel.ids.length, scene.orchestrator.channels()[0]?.circuit]).toEqual([sends, 'closed'])
    await scene.runtime.advance(due - scene.runtime.wallClock())
    await passing(scene.runtime, scene.orchestrator.wake('s1'))
  }
  await scene.stop()
})
