import { describe, expect, test } from 'vitest'
import { SILENT } from '../../../fakes/channel.ts'
import { outgoing, relayStage } from './relay-stage.ts'

describe('the end of a pause', () => {
  test('P28 it is the newest one, by the wall clock, and recovery looks at all channels', () => {
    const { relay, runtime, freed } = relayStage()
    const now = runtime.wallClock()
    expect([relay.resumedAt('bank'), relay.resume('bank'), relay.resumedAt('bank'), freed]).toEqual([
      undefined,
      true,
      undefined,
      [],
    ])
    relay.pause('bank')
    expect([relay.isPaused('bank'), relay.resume('bank'), relay.resumedAt('bank'), freed]).toEqual([
      true,
      true,
      now,
      ['all'],
    ])
    for (const end of [now - 10, now + 10, now + 5]) relay.resume('bank', end)
    expect([relay.isPaused('bank'), relay.resumedAt('bank'), freed]).toEqual([false, now + 10, ['all']])
    expect([relay.isPaused('nowhere'), relay.serves('nowhere'), relay.serves('bank')]).toEqual([false, false, true])
  })

  test('P28 silence counts from it, where it came later than the first send without an answer', async () => {
    const { relay, runtime, bank } = relayStage({ sendsAtOnce: 5 })
    bank.always(SILENT)
    for (let at = 0; at < 5; at++) relay.offer(outgoing(`s${at}/0/0`, 'bank'))
    await runtime.advance(1_000)
    expect([relay.silenceOf('bank'), relay.silenceOf('shop'), relay.silenceOf('nowhere')]).toEqual([1_000, 0, 0])
    const now = runtime.wallClock()
    relay.resume('bank', now - 400)
    expect(relay.silenceOf('bank')).toBe(400)
    relay.resume('bank', now + 400)
    expect(relay.silenceOf('bank')).toBe(0)
  })
})
