import { describe, expect, test } from 'vitest'
import { DELIVERED } from '../../../fakes/channel.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { outgoing, relayStage } from './relay-stage.ts'

describe('relay: order', () => {
  test('P13 no command waits for the end of another send, of its own saga or of others', () => {
    const { relay, bank, shop } = relayStage()
    for (const [id, channel] of [
      ['s/0/0', 'bank'],
      ['s/1/0', 'shop'],
      ['s/2/0', 'bank'],
      ['t/0/0', 'shop'],
    ] as const) {
      relay.offer(outgoing(id, channel))
    }
    expect([bank.ids, shop.ids]).toEqual([
      ['s/0/0', 's/2/0'],
      ['s/1/0', 't/0/0'],
    ])
  })

  test('P13 behind a saturated channel the later commands of the saga wait, on every channel', async () => {
    const { relay, bank, shop, saturate } = relayStage()
    saturate()
    relay.offer(outgoing('s/0/0', 'bank'))
    relay.offer(outgoing('s/1/0', 'shop'))
    relay.offer(outgoing('s/2/0', 'bank'))
    relay.offer(outgoing('s/3/0', 'shop'))
    expect(shop.ids).toEqual([])
    bank.answer('x/0/0')
    await settle()
    expect([bank.ids.slice(2), shop.ids]).toEqual([['s/0/0'], ['s/1/0']])
    bank.answer('y/0/0')
    await settle()
    expect([bank.ids.slice(2), shop.ids]).toEqual([
      ['s/0/0', 's/2/0'],
      ['s/1/0', 's/3/0'],
    ])
  })

  test('P13 other sagas go on on the free channel, and keep their turn on the saturated one', async () => {
    const { relay, bank, shop, saturate } = relayStage()
    saturate()
    for (const id of ['s/0/0', 't/0/0', 'u/0/0']) relay.offer(outgoing(id, 'bank'))
    relay.offer(outgoing('v/0/0', 'shop'))
    expect(shop.ids).toEqual(['v/0/0'])
    shop.answer('v/0/0')
    bank.always(DELIVERED)
    await relay.idle()
    expect(bank.ids).toEqual(['x/0/0', 'y/0/0', 's/0/0', 't/0/0', 'u/0/0'])
  })

  test('P13 a command offered while others of its saga wait goes behind them', async () => {
    const { relay, bank, shop, saturate } = relayStage()
    saturate()
    relay.offer(outgoing('s/0/0', 'bank'))
    relay.offer(outgoing('s/1/0', 'bank'))
    bank.answer('x/0/0')
    await settle()
    relay.offer(outgoing('s/2/0', 'shop'))
    expect([bank.ids.at(-1), shop.ids]).toEqual(['s/0/0', []])
    bank.answer('s/0/0')
    await settle()
    expect([bank.ids.at(-1), shop.ids]).toEqual(['s/1/0', ['s/2/0']])
  })

  test('P13 no command waits for a retry, and no retry for a command', async () => {
    const { relay, bank, shop, saturate } = relayStage()
    saturate()
    relay.offer(outgoing('s/0/0', 'bank', { isRetry: true }))
    relay.offer(outgoing('s/1/0', 'shop'))
    expect(shop.ids).toEqual(['s/1/0'])
    relay.offer(outgoing('t/0/0', 'bank', { attempts: 1 }))
    relay.offer(outgoing('t/1/0', 'shop'))
    expect(shop.ids).toEqual(['s/1/0', 't/1/0'])
    shop.always(DELIVERED)
    await settle()
    relay.offer(outgoing('u/1/0', 'bank'))
    relay.offer(outgoing('u/0/0', 'shop', { isRetry: true }))
    expect(shop.ids.at(-1)).toBe('u/0/0')
    bank.always(DELIVERED)
    await relay.idle()
    expect(bank.ids.slice(2)).toEqual(['s/0/0', 't/0/0', 'u/1/0'])
  })

  test('P13 a retry that leaves its queue takes no command with it that waits behind an earlier one', async () => {
    const { relay, bank, shop, saturate } = relayStage()
    saturate()
    relay.offer(outgoing('s/9/0', 'bank', { isRetry: true }))
    relay.offer(outgoing('s/0/0', 'bank'))
    relay.offer(outgoing('s/1/0', 'shop'))
    bank.answer('x/0/0')
    await settle()
    expect([bank.ids.at(-1), shop.ids]).toEqual(['s/9/0', []])
    bank.answer('y/0/0')
    await settle()
    expect([bank.ids.at(-1), shop.ids]).toEqual(['s/0/0', ['s/1/0']])
  })

  test('P5 side effects wait for no command, and no command for them', () => {
    const { relay, bank, shop, saturate } = relayStage()
    saturate()
    relay.offer(outgoing('s/0/1', 'bank'))
    relay.offer(outgoing('s/1/0', 'shop'))
    relay.offer(outgoing('t/0/0', 'bank'))
    relay.offer(outgoing('t/0/1', 'shop'))
    expect([bank.ids, shop.ids]).toEqual([
      ['x/0/0', 'y/0/0'],
      ['s/1/0', 't/0/1'],
    ])
  })

  test('P13 sends at once never exceed the channel’s bound', async () => {
    const { relay, bank, shop } = relayStage()
    for (let saga = 0; saga < 4; saga++)
      for (const to of ['bank', 'shop']) relay.offer(outgoing(`${to}${saga}/0/0`, to))
    while (bank.open > 0) {
      expect([bank.open <= 2, shop.open]).toEqual([true, 2])
      bank.answer(bank.ids.at(-bank.open) ?? '')
      await settle()
    }
    expect(bank.ids).toEqual(['bank0/0/0', 'bank1/0/0', 'bank2/0/0', 'bank3/0/0'])
  })
})

describe('relay: leases', () => {
  test('P14 a send whose lease has ended is neither taken nor reported', async () => {
    const { relay, runtime, metrics, bank, concluded } = relayStage()
    await runtime.advance(1_000)
    expect(relay.offer(outgoing('s/0/0', 'bank', { expires: 1_000 }))).toBe(false)
    expect(relay.offer(outgoing('t/0/0', 'bank', { expires: 1_001 }))).toBe(true)
    expect([bank.ids, relay.holds('s/0/0')]).toEqual([['t/0/0'], false])
    bank.answer('t/0/0')
    await relay.idle()
    expect([concluded, metrics.times('count relay-expired')]).toEqual([['t/0/0 delivered'], 1])
  })

  test('P14 the lease counts when the send would start, on the monotonic clock', async () => {
    const { relay, runtime, metrics, bank, saturate } = relayStage()
    saturate()
    for (const id of ['s/0/0', 't/0/0', 'u/0/0']) relay.offer(outgoing(id, 'bank', { expires: id === 't/0/0' ? 9 : 5 }))
    runtime.jump(-3_600_000)
    await runtime.advance(5)
    runtime.jump(7_200_000)
    bank.always(DELIVERED)
    await relay.idle()
    expect([bank.ids.slice(2), metrics.times('count relay-expired')]).toEqual([['t/0/0'], 2])
  })

  test('P13 P14 commands behind one that was dropped are dropped too; the store owes them', async () => {
    const { relay, runtime, metrics, bank, shop, concluded, saturate } = relayStage()
    saturate()
    relay.offer(outgoing('s/0/0', 'bank', { expires: 5 }))
    relay.offer(outgoing('s/1/0', 'shop'))
    relay.offer(outgoing('s/2/0', 'bank'))
    relay.offer(outgoing('t/0/0', 'bank'))
    await runtime.advance(5)
    bank.always(DELIVERED)
    await relay.idle()
    expect([bank.ids.slice(2), shop.ids, concluded.length]).toEqual([['t/0/0'], [], 3])
    expect(['s/0/0', 's/1/0', 's/2/0'].map((id) => relay.holds(id))).toEqual([false, false, false])
    expect([metrics.times('count relay-expired'), metrics.times('count relay-forgotten')]).toEqual([1, 2])
    relay.offer(outgoing('s/1/0', 'shop'))
    expect(shop.ids).toEqual(['s/1/0'])
  })

  test('P13 P14 a command offered when the one before it has just expired is not accepted, and can be offered again', async () => {
    const { relay, runtime, metrics, bank, saturate } = relayStage()
    saturate()
    relay.offer(outgoing('s/0/0', 'bank', { expires: 5 }))
    await runtime.advance(5)
    expect([relay.offer(outgoing('s/1/0', 'bank')), relay.holds('s/1/0')]).toEqual([false, false])
    expect([metrics.times('count relay-expired'), metrics.times('count relay-forgotten')]).toEqual([1, 1])
    expect(relay.offer(outgoing('s/1/0', 'bank'))).toBe(true)
    bank.always(DELIVERED)
    await relay.idle()
    expect(bank.ids.slice(2)).toEqual(['s/1/0'])
  })

  test('P13 P14 the same where the command that expires waits behind another', async () => {
    const { relay, runtime, bank, shop, saturate } = relayStage()
    saturate()
    relay.offer(outgoing('s/0/0', 'bank'))
    relay.offer(outgoing('s/1/0', 'shop', { expires: 5 }))
    relay.offer(outgoing('s/2/0', 'shop'))
    await runtime.advance(5)
    bank.always(DELIVERED)
    await relay.idle()
    expect([bank.ids.slice(2), shop.ids, relay.isFull('shop')]).toEqual([['s/0/0'], [], false])
  })
})
