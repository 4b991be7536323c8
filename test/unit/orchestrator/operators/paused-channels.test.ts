import { describe, expect, test } from 'vitest'
import { ChannelPauses } from '../../../../src/orchestrator/operators/channel-pauses.ts'
import type { PausableChannels } from '../../../../src/orchestrator/operators/channel-pauses.ts'
import { newestPauseEnd, pauseEndKey, pauseKey } from '../../../../src/orchestrator/operators/pause-keys.ts'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const BY = { operator: 'zoe', reason: 'the bank is away' }
const NAMES = ['bank', 'mail', 'post']

function scene() {
  const [runtime, records] = [simulatedRuntime(), new ProcessRecords()]
  const paused = new Set<string>()
  const calls: string[] = []
  const process: PausableChannels = {
    channels: () => NAMES.map((channel) => ({ channel, isPaused: paused.has(channel), waiting: 3 })),
    pause: (channel) => {
      calls.push(`pause ${channel}`)
      paused.add(channel)
      return true
    },
    resume: (channel, end) => {
      calls.push(`resume ${channel} ${end === undefined ? 'now' : end - runtime.wallClock()}`)
      return paused.delete(channel)
    },
  }
  const pauses = new ChannelPauses({ records, process, runtime })
  const logged = () => runtime.logged.map(({ code, fields }) => ({ code, ...fields }))
  return { runtime, records, pauses, calls, logged }
}

describe('P25 the pause of a channel', () => {
  test('P25 it is shown with its beginning and its reason, beside the channels that send', async () => {
    const { runtime, pauses } = scene()
    const since = runtime.wallClock()
    expect(await pauses.pause('mail', BY)).toEqual({ since, ...BY })
    expect(pauses.paused()).toEqual(['mail'])
    expect(await pauses.all()).toEqual([
      { channel: 'bank', isPaused: false, waiting: 3 },
      { channel: 'mail', isPaused: true, waiting: 3, pause: { since, ...BY } },
      { channel: 'post', isPaused: false, waiting: 3 },
    ])
    expect(await pauses.resume('mail', BY)).toBe(true)
    expect(pauses.paused()).toEqual([])
    expect(await pauses.all()).toEqual(NAMES.map((channel) => ({ channel, isPaused: false, waiting: 3 })))
  })

  test('P25 the first pause counts: another one has its answer, and is not logged', async () => {
    const { runtime, pauses, logged } = scene()
    const first = await pauses.pause('mail', BY)
    await runtime.advance(1_000)
    expect(await pauses.pause('mail', { operator: 'ada', reason: 'the same' })).toEqual(first)
    await pauses.resume('mail', { operator: 'ada', reason: 'it is back' })
    expect(logged()).toEqual([
      { code: 'channel.paused', channel: 'mail', ...BY },
      { code: 'channel.resumed', channel: 'mail', operator: 'ada', reason: 'it is back' },
    ])
  })

  test('P25 a resume of a channel that is not paused changes and logs nothing', async () => {
    const { records, pauses, calls, logged } = scene()
    expect(await pauses.resume('mail', BY)).toBe(true)
    expect(calls).toEqual(['resume mail now'])
    expect([await records.keys('', 100), logged()]).toEqual([[], []])
  })

  test('P25 a channel that saga.json lacks is neither paused nor resumed', async () => {
    const { records, pauses, calls } = scene()
    expect(await pauses.pause('gone', BY)).toBeUndefined()
    expect(await pauses.resume('gone', BY)).toBe(false)
    expect([await records.keys('', 100), calls]).toEqual([[], []])
  })

  test('P28 an end that is no longer there is no new one, and of several the newest counts', () => {
    const { runtime, pauses, calls } = scene()
    const end = runtime.wallClock() - 1_000
    const look = (keys: readonly string[]) => pauses.carryOut({ keys, asOf: runtime.monotonic() })
    look([pauseEndKey('mail', end)])
    look([])
    look([pauseEndKey('mail', end)])
    expect(calls).toEqual(['resume mail -1000'])
    expect(
      newestPauseEnd(
        'mail',
        [10, 9].map((at) => pauseEndKey('mail', at)),
      ),
    ).toBe(10)
  })

  test('P25 a look carries each record out once, and logs it; the other channels stay as they are', () => {
    const { runtime, pauses, calls, logged } = scene()
    const look = (keys: readonly string[]) => pauses.carryOut({ keys, asOf: runtime.monotonic() })
    look([pauseKey('mail'), pauseKey('gone')])
    look([pauseKey('mail')])
    look([])
    look([])
    expect(calls).toEqual(['pause mail', 'resume mail now'])
    expect(logged()).toEqual([
      { code: 'channel.paused', channel: 'mail' },
      { code: 'channel.resumed', channel: 'mail' },
    ])
  })
})
