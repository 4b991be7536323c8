import { describe, expect, test } from 'vitest'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import { stage } from '../stage.ts'
import { outgoing, relayStage } from './relay-stage.ts'

describe('a paused channel: relay', () => {
  test('P28 starts no send and accepts no command; sends under way go on to their end', async () => {
    const { relay, bank, concluded } = relayStage()
    relay.offer(outgoing('s/0/0', 'bank'))
    expect([relay.pause('bank'), relay.isPaused('bank'), relay.isPaused('shop')]).toEqual([true, true, false])
    expect([relay.offer(outgoing('t/0/0', 'bank')), relay.isFull('bank'), relay.spare('bank')]).toEqual([
      false,
      true,
      0,
    ])
    bank.answer('s/0/0')
    await relay.idle()
    expect([bank.ids, concluded]).toEqual([['s/0/0'], ['s/0/0 delivered']])
  })

  test('P28 queued commands are dropped, in their order, and what waits behind them on other channels too (P13)', async () => {
    const { relay, bank, shop, saturate, dropped } = relayStage()
    saturate()
    for (const id of ['s/0/0', 't/0/0']) relay.offer(outgoing(id, 'bank'))
    relay.offer(outgoing('s/1/0', 'shop'))
    relay.pause('bank')
    expect(dropped).toEqual(['s/0/0', 's/1/0', 't/0/0'])
    expect([relay.holds('s/1/0'), shop.ids]).toEqual([false, []])
    bank.always(DELIVERED)
    await relay.idle()
    expect(bank.ids).toEqual(['x/0/0', 'y/0/0'])
    expect(relay.states()[0]).toMatchObject({ channel: 'bank', isPaused: true, waiting: 0, bytes: 0, underWay: 0 })
  })

  test('P28 a command that waits behind one of another channel is dropped with all behind it', async () => {
    const { relay, bank, shop, saturate, dropped } = relayStage()
    saturate()
    relay.offer(outgoing('s/0/0', 'bank'))
    relay.offer(outgoing('s/1/0', 'shop'))
    relay.offer(outgoing('s/2/0', 'bank'))
    relay.pause('shop')
    expect(dropped).toEqual(['s/1/0', 's/2/0'])
    bank.always(DELIVERED)
    await relay.idle()
    expect([bank.ids, shop.ids]).toEqual([['x/0/0', 'y/0/0', 's/0/0'], []])
  })

  test('P28 no side effect reaches it, and a resumed channel accepts commands again', () => {
    const { relay, shop, freed } = relayStage()
    relay.pause('shop')
    expect(relay.offer(outgoing('s/0/1', 'shop'))).toBe(false)
    expect([relay.resume('shop'), relay.isPaused('shop'), freed]).toEqual([true, false, ['all']])
    relay.offer(outgoing('t/0/0', 'shop'))
    expect(shop.ids).toEqual(['t/0/0'])
  })

  test('P28 a channel that is not attached can be neither paused nor resumed', () => {
    const { relay } = relayStage()
    for (const id of ['nowhere', '__proto__', ''])
      expect([relay.pause(id), relay.resume(id), relay.isPaused(id)]).toEqual([false, false, false])
  })
})

describe('a paused channel: orchestrator', () => {
  for (const shared of [false, true]) {
    test(`P28 its commands stay owed, and are sent soon after it is resumed (shared store: ${shared})`, async () => {
      const scene = stage({ store: fakeStore(timelessMemory({ shared })) })
      scene.orchestrator.start()
      scene.orchestrator.pause('reservations')
      await scene.create()
      await scene.runtime.advance(180_000)
      expect([scene.channel.ids, (await scene.store.load('s1'))?.saga.owed]).toMatchObject([[], [{ id: 's1/0/0' }]])
      scene.orchestrator.resume('reservations')
      await scene.runtime.advance(2_000)
      expect(scene.channel.ids).toEqual(['s1/0/0'])
      expect(scene.orchestrator.channels()).toMatchObject([
        { channel: 'reservations', underWay: 1 },
        { channel: 'other' },
      ])
      await scene.stop()
    })
  }

  test('P5 a side effect that a paused channel does not take is logged', async () => {
    const sideEffects = [{ label: 'thank', channel: 'other' }]
    const definition = { initialState: 'new', states: [{ id: 'new', isFinal: true, sideEffects }] }
    const scene = stage({ definition })
    scene.orchestrator.pause('other')
    await scene.create()
    const fields = { command: 's1/0/1', channel: 'other' }
    expect(scene.runtime.logged).toMatchObject([{ code: 'side-effect.rejected', fields }])
    await scene.stop()
  })

  test('P28 a pause of minutes writes little: the backlog is read, not claimed', async () => {
    const scene = stage()
    scene.orchestrator.start()
    scene.orchestrator.pause('reservations')
    for (let at = 0; at < 20; at++) await scene.create(`saga-${at}`)
    const before = scene.store.saves.length
    await scene.runtime.advance(600_000)
    expect(scene.store.saves.length).toBe(before)
    await scene.stop()
  })
})
