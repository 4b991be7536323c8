import { describe, expect, test } from 'vitest'
import { DELIVERED } from '../../../fakes/channel.ts'
import { outgoing, relayStage } from './relay-stage.ts'

describe('commands that are taken back', () => {
  /** Both sends of the bank are taken; `s` waits there, and behind it in the shop. */
  function waiting() {
    const world = relayStage()
    world.saturate()
    for (const id of ['s/0/0', 's/1/0', 's/2/0', 't/0/0']) {
      world.relay.offer(outgoing(id, id === 's/0/0' || id === 't/0/0' ? 'bank' : 'shop'))
    }
    return world
  }
  const idIs =
    (...ids: readonly string[]) =>
    ({ command }: { readonly command: { readonly id: string } }) =>
      ids.includes(command.id)

  test('P13 P28 what waits behind goes too, places are free again, and other sagas stay', () => {
    const { relay, dropped } = waiting()
    expect(relay.withdraw(idIs('nothing of these'))).toEqual([])
    expect(relay.withdraw(idIs('s/0/0'))).toEqual(['s/0/0', 's/1/0', 's/2/0'])
    expect(dropped).toEqual(['s/0/0', 's/1/0', 's/2/0'])
    expect(relay.states()).toMatchObject([
      { channel: 'bank', waiting: 1, underWay: 2 },
      { channel: 'shop', waiting: 0, bytes: 0, underWay: 0 },
    ])
    expect(relay.offer(outgoing('s/1/0', 'shop'))).toBe(true)
  })

  test('P13 a line is cut at the command, those before it stay in their order', async () => {
    const { relay, bank, shop } = waiting()
    expect(relay.withdraw(idIs('s/2/0', 'x/0/0', 'unknown'))).toEqual(['s/2/0'])
    expect(relay.states()[1]).toMatchObject({ waiting: 1 })
    bank.answer('x/0/0')
    await Promise.resolve()
    bank.always(DELIVERED)
    shop.always(DELIVERED)
    await relay.idle()
    expect([bank.ids.slice(2), shop.ids]).toEqual([['s/0/0', 't/0/0'], ['s/1/0']])
  })

  test('P13 a retry or a side effect takes nothing with it: it has no place in the order', () => {
    const world = relayStage()
    world.saturate()
    world.relay.offer(outgoing('s/0/0', 'bank'))
    world.relay.offer(outgoing('s/1/0', 'shop'))
    world.relay.offer(outgoing('s/9/0', 'bank', { isRetry: true }))
    world.relay.offer(outgoing('s/9/1', 'bank'))
    expect(world.relay.withdraw(idIs('s/9/0', 's/9/1'))).toEqual(['s/9/0', 's/9/1'])
    expect(world.relay.holds('s/1/0')).toBe(true)
  })
})
