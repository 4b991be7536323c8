import { describe, expect, test } from 'vitest'
import type { SendResult } from '../../../../src/orchestrator/events/turn.ts'
import { DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { outgoing, relayStage } from './relay-stage.ts'

describe('sends and their results', () => {
  test('P17 a delivery is known before it is recorded, any other result after it', async () => {
    const record = Promise.withResolvers<void>()
    const { relay, runtime, bank } = relayStage({ concluded: () => record.promise })
    const fates: (SendResult | undefined)[] = []
    for (const id of ['a/0/0', 'b/0/0']) {
      relay.offer(outgoing(id, 'bank'))
      void relay.fateOf(id).then((fate) => fates.push(fate))
    }
    bank.answer('a/0/0', DELIVERED)
    bank.answer('b/0/0', SILENT)
    await runtime.settle()
    expect(fates).toEqual([DELIVERED])
    record.resolve()
    await relay.idle()
    expect(fates).toEqual([DELIVERED, SILENT])
  })

  test('P17 the record may tell another result, and a command that is dropped has none', async () => {
    const { relay, bank } = relayStage({ concluded: async () => ({ kind: 'given-up' }), sendsAtOnce: 1 })
    relay.offer(outgoing('a/0/0', 'bank'))
    relay.offer(outgoing('b/0/0', 'bank'))
    const fates = [relay.fateOf('a/0/0'), relay.fateOf('b/0/0')]
    relay.pause('bank')
    bank.answer('a/0/0', SILENT)
    expect(await Promise.all(fates)).toEqual([{ kind: 'given-up' }, undefined])
  })

  test('I9 the end of trouble with records is logged', async () => {
    let isAway = true
    const concluded = () => (isAway ? Promise.reject(new Error('the store is away')) : undefined)
    const { relay, runtime, bank } = relayStage({ concluded })
    bank.always(DELIVERED)
    relay.offer(outgoing('a/0/0', 'bank'))
    await relay.idle()
    isAway = false
    relay.offer(outgoing('b/0/0', 'bank'))
    await relay.idle()
    await runtime.advance(5_000)
    const fields = { command: 'a/0/0', why: 'the store is away' }
    expect(runtime.logged[0]).toMatchObject({ code: 'command.not-recorded', fields })
    expect(runtime.logged.at(-1)?.code).toBe('command.recorded')
  })

  test('P28 each channel’s circuit is logged for itself, when it opens and when it is closed again', async () => {
    const { relay, runtime, bank, shop } = relayStage({ sendsAtOnce: 5 })
    for (const channel of [bank, shop]) {
      channel.always(SILENT)
      for (let at = 0; at < 5; at++) relay.offer(outgoing(`${channel.id}${at}/0/0`, channel.id))
    }
    await runtime.advance(250)
    const infos = () => runtime.logged.filter(({ level }) => level !== 'debug')
    expect(infos()).toMatchObject(
      ['bank', 'shop'].map((channel) => ({ code: 'channel.circuit-open', fields: { channel } })),
    )
    shop.always(DELIVERED)
    relay.offer(outgoing('x/0/0', 'shop'))
    await runtime.advance(5_000)
    const closed = { code: 'channel.circuit-closed', fields: { channel: 'shop', kind: 'open', times: 1 } }
    expect(infos().slice(2)).toMatchObject([closed])
  })

  test('P15 when the process ends, only sends of channels with one attempt are ended, and no more of them start', async () => {
    const { relay, runtime, bank, shop, concluded, dropped } = relayStage({}, { retry: { attempts: 1 } })
    for (const [id, channel] of [
      ['a/0/0', 'bank'],
      ['b/0/1', 'bank'],
      ['c/0/0', 'shop'],
    ] as const)
      relay.offer(outgoing(id, channel))
    await relay.abandonOnceSends()
    expect(concluded).toEqual(['a/0/0 unreachable'])
    expect([relay.offer(outgoing('d/0/0', 'bank')), relay.holds('d/0/0'), dropped]).toEqual([false, false, ['d/0/0']])
    expect([relay.offer(outgoing('e/0/0', 'shop')), bank.ids]).toEqual([true, ['a/0/0', 'b/0/1']])
    bank.answer('b/0/1')
    shop.always(DELIVERED)
    await runtime.settle()
    expect(concluded).toEqual(['a/0/0 unreachable', 'b/0/1 delivered', 'c/0/0 delivered', 'e/0/0 delivered'])
  })
})
