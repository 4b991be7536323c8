import { describe, expect, test } from 'vitest'
import { BUSY, DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { outgoing, relayStage } from './relay-stage.ts'

/** Bounds of a queue: commands and bytes. */
const bounds = (commands: number, bytes = 1_000_000) => ({ commands, bytes })

describe('relay', () => {
  test('I2 a command is sent unchanged, and its result is reported once', async () => {
    const { relay, metrics, bank, concluded } = relayStage()
    const one = outgoing('s/0/0', 'bank')
    expect(relay.offer(one)).toBe(true)
    expect(bank.begun).toEqual([one.command])
    expect([relay.holds('s/0/0'), concluded]).toEqual([true, []])
    bank.answer('s/0/0')
    await relay.idle()
    expect([relay.holds('s/0/0'), concluded]).toEqual([false, ['s/0/0 delivered']])
    expect(metrics.lines).toEqual(['sent bank command delivered'])
  })

  test('P15 every kind of answer is reported unchanged', async () => {
    const { relay, bank, metrics } = relayStage({ sendsAtOnce: 9 })
    const answers = { 's/0/0': DELIVERED, 's/1/0': BUSY, 's/2/0': SILENT }
    for (const id of Object.keys(answers)) relay.offer(outgoing(id, 'bank'))
    for (const [id, sent] of Object.entries(answers)) bank.answer(id, sent)
    await relay.idle()
    const kinds = ['delivered', 'rejected', 'unreachable']
    expect(metrics.lines).toEqual(kinds.map((kind) => `sent bank command ${kind}`))
  })

  test('P15 a channel that throws, at once or later, counts as unreachable', async () => {
    const { relay, bank, shop, concluded } = relayStage()
    shop.send = () => {
      throw new Error('at once')
    }
    relay.offer(outgoing('s/0/0', 'bank'))
    relay.offer(outgoing('s/1/0', 'shop'))
    bank.fail('s/0/0', new Error('later'))
    await relay.idle()
    expect(concluded.toSorted()).toEqual(['s/0/0 unreachable', 's/1/0 unreachable'])
  })

  test('P5 a side effect is sent and reported like a command, as its own kind', async () => {
    const { relay, metrics, bank, concluded } = relayStage()
    relay.offer(outgoing('s/0/1', 'bank'))
    bank.answer('s/0/1', BUSY)
    await relay.idle()
    expect([metrics.lines, concluded]).toEqual([['sent bank side-effect rejected'], ['s/0/1 rejected']])
  })

  test('P19 every send, its record included, is handed to waitUntil', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { relay, runtime, bank } = relayStage({ concluded: () => promise })
    relay.offer(outgoing('s/0/0', 'bank'))
    bank.answer('s/0/0')
    let finished = false
    void runtime.finished().then(() => (finished = true))
    await settle()
    expect([finished, relay.holds('s/0/0')]).toEqual([false, true])
    resolve()
    await settle()
    expect([finished, relay.holds('s/0/0')]).toEqual([true, false])
  })

  test('I9 a result that cannot be recorded is logged and frees its send; nothing is thrown at the host', async () => {
    const broken = () => Promise.reject(new Error('store is down'))
    const { relay, runtime, bank } = relayStage({ concluded: broken, sendsAtOnce: 1 })
    relay.offer(outgoing('s/0/0', 'bank'))
    relay.offer(outgoing('t/0/0', 'bank'))
    bank.always(DELIVERED)
    await relay.idle()
    await runtime.finished()
    expect(bank.ids).toEqual(['s/0/0', 't/0/0'])
    expect(runtime.logged.map(({ level, fields }) => [level, fields?.['why']])).toEqual([
      ['warn', 'store is down'],
      ['debug', 'store is down'],
    ])
  })
})

describe('relay: bounds', () => {
  test('P16 a command that is not accepted changes nothing', async () => {
    const { relay, metrics, bank, saturate } = relayStage({ queue: bounds(2) })
    saturate()
    expect([relay.offer(outgoing('s/0/0', 'bank')), relay.offer(outgoing('s/1/0', 'bank'))]).toEqual([true, true])
    expect([relay.isFull('bank'), relay.offer(outgoing('t/0/0', 'bank'))]).toEqual([true, false])
    expect([relay.holds('t/0/0'), metrics.times('count relay-forgotten')]).toEqual([false, 1])
    bank.always(DELIVERED)
    await settle()
    expect([relay.isFull('bank'), relay.offer(outgoing('t/0/0', 'bank'))]).toEqual([false, true])
    expect(bank.ids.at(-1)).toBe('t/0/0')
  })

  test('I5 P16 a silent participant fills its own queue alone', () => {
    const { relay, shop, saturate } = relayStage({ queue: bounds(2) })
    saturate()
    for (const id of ['s/0/0', 't/0/0', 'u/0/0']) relay.offer(outgoing(id, 'bank'))
    expect([relay.isFull('bank'), relay.isFull('shop'), relay.offer(outgoing('v/0/0', 'shop'))]).toEqual([
      true,
      false,
      true,
    ])
    expect(shop.ids).toEqual(['v/0/0'])
  })

  test('P16 a queue is bounded by bytes too: large payloads and headers do not pile up', () => {
    const { relay, saturate } = relayStage({ queue: bounds(1_000, 100_000) })
    saturate()
    const large = (id: string, part: 'payload' | 'headers') => {
      const { command, ...rest } = outgoing(id, 'bank')
      return { ...rest, command: { ...command, [part]: { text: 'x'.repeat(30_000) } } }
    }
    const offered = [large('a/0/0', 'payload'), large('b/0/0', 'headers'), large('c/0/0', 'payload')]
    expect(offered.map((one) => relay.offer(one))).toEqual([true, true, false])
  })

  test('P14 P16 a command that outlived its lease gives its place to a new one', async () => {
    const { relay, runtime, metrics, saturate } = relayStage({ queue: bounds(1) })
    saturate()
    relay.offer(outgoing('s/0/0', 'bank', { expires: 5 }))
    expect(relay.offer(outgoing('t/0/0', 'bank'))).toBe(false)
    await runtime.advance(5)
    expect([relay.offer(outgoing('t/0/0', 'bank')), relay.holds('s/0/0')]).toEqual([true, false])
    expect(metrics.times('count relay-expired')).toBe(1)
  })

  test('P16 a channel that is not attached accepts nothing', () => {
    const { relay, metrics } = relayStage()
    for (const id of ['nowhere', '__proto__', 'constructor', '']) {
      expect([relay.isFull(id), relay.offer(outgoing('s/0/0', id))]).toEqual([true, false])
    }
    expect([relay.isFull('bank'), relay.holds('s/0/0'), metrics.times('count relay-forgotten')]).toEqual([
      false,
      false,
      4,
    ])
  })

  test('I9 idle resolves at once with nothing in flight, else after every queued and running send', async () => {
    const { relay, bank, saturate } = relayStage()
    await relay.idle()
    saturate()
    for (const id of ['s/0/0', 's/1/0', 't/0/0']) relay.offer(outgoing(id, 'bank'))
    let idle = 0
    const both = Promise.all([relay.idle().then(() => idle++), relay.idle().then(() => idle++)])
    for (const id of ['x/0/0', 'y/0/0', 's/0/0', 's/1/0']) {
      bank.answer(id)
      await settle()
      expect(idle).toBe(0)
    }
    bank.answer('t/0/0', SILENT)
    await both
    expect(idle).toBe(2)
  })
})
