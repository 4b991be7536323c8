import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Instant } from '../../../../src/engine/saga.ts'
import { ChannelPauses } from '../../../../src/orchestrator/operators/channel-pauses.ts'
import { newestPauseEnd, pauseEndKey } from '../../../../src/orchestrator/operators/pause-keys.ts'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'
import type { RecordStore } from '../../../../src/ports/persistency.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const BY = { operator: 'zoe', reason: 'the bank is away' }
const KEY = 'open/channel/bank'

/** One channel, and reads of the records that began before a change and end after it. */
function pausesStage({ runtime = simulatedRuntime(), records = new ProcessRecords() as RecordStore } = {}) {
  const paused = new Set<string>()
  const ends: (Instant | undefined)[] = []
  const process = {
    channels: () => [
      {
        channel: 'bank',
        isPaused: paused.has('bank'),
        circuit: 'closed',
        waiting: 0,
        bytes: 0,
        underWay: 0,
      } as const,
    ],
    pause: (channel: string) => (paused.add(channel), true),
    resume: (channel: string, end?: Instant) => (ends.push(end), paused.delete(channel)),
  }
  const pauses = new ChannelPauses({ records, process, runtime })
  const look = async () => pauses.carryOut({ keys: await records.keys('open/', 100), asOf: runtime.monotonic() })
  return { runtime, records, paused, ends, pauses, look }
}

describe('a paused channel: records', () => {
  test('P25 a look that began before the pause does not lift it; a later one does', async () => {
    const { runtime, paused, pauses } = pausesStage()
    const asOf = runtime.monotonic()
    await pauses.pause('bank', BY)
    pauses.carryOut({ keys: [], asOf })
    expect(paused).toEqual(new Set(['bank']))
    await runtime.advance(1)
    pauses.carryOut({ keys: [], asOf: runtime.monotonic() }) // another process has resumed it
    expect(paused).toEqual(new Set())
  })

  test('P19 P25 a change whose request was lost holds the looks up for a minute', async () => {
    const records: RecordStore = Object.assign(new ProcessRecords(), {
      write: () => new Promise<never>(() => undefined),
    })
    const { runtime, paused, pauses } = pausesStage({ records })
    void pauses.pause('bank', BY)
    await runtime.advance(DEFAULTS.lostRequest)
    pauses.carryOut({ keys: [KEY], asOf: runtime.monotonic() })
    expect(paused).toEqual(new Set())
    await runtime.advance(1)
    pauses.carryOut({ keys: [KEY], asOf: runtime.monotonic() })
    expect(paused).toEqual(new Set(['bank']))
  })

  test('P25 a look that began before the end of the pause does not bring it back', async () => {
    const { runtime, paused, pauses } = pausesStage()
    pauses.carryOut({ keys: [KEY], asOf: runtime.monotonic() })
    expect(paused).toEqual(new Set(['bank']))
    const asOf = runtime.monotonic()
    await runtime.advance(1)
    const resumed = pauses.resume('bank', BY)
    pauses.carryOut({ keys: [KEY], asOf: runtime.monotonic() }) // while it is under way
    await resumed
    pauses.carryOut({ keys: [KEY], asOf })
    expect(paused).toEqual(new Set())
  })
})

describe('a paused channel: its end', () => {
  test('P28 a process that begins after a pause knows when it ended, once, and of the newest pause alone', async () => {
    const first = pausesStage()
    const { runtime, records } = first
    for (let at = 0; at < 3; at++) {
      await first.pauses.pause('bank', BY)
      await runtime.advance(60_000)
      await first.pauses.resume('bank', BY)
    }
    const end = runtime.wallClock()
    expect(await records.keys('', 100)).toEqual([`open/resumed/bank/${end}`])
    await runtime.advance(60_000)
    const later = pausesStage({ runtime, records })
    await later.look()
    await later.look()
    expect(later.ends).toEqual([end])
  })

  test('P28 a process that began in the pause, or missed it, takes the end from the record too', async () => {
    const first = pausesStage()
    const { runtime, records } = first
    const [meanwhile, beside] = [pausesStage({ runtime, records }), pausesStage({ runtime, records })]
    await beside.look()
    await first.pauses.pause('bank', BY)
    await meanwhile.look()
    expect(meanwhile.paused).toEqual(new Set(['bank']))
    await runtime.advance(1_000)
    await first.pauses.resume('bank', BY)
    const end = runtime.wallClock()
    await runtime.advance(1_000)
    for (const { look, paused, ends } of [meanwhile, beside]) {
      await look()
      expect([paused, ends]).toEqual([new Set(), [end]])
    }
  })

  test('P28 the end of an earlier pause is not that of one whose end is not written', async () => {
    const first = pausesStage()
    const { runtime, records } = first
    for (const change of ['pause', 'resume', 'pause'] as const) {
      await runtime.advance(1_000)
      await first.pauses[change]('bank', BY)
    }
    const later = pausesStage({ runtime, records })
    await later.look()
    await records.remove(KEY) // by a process of an earlier release
    await runtime.advance(1_000)
    await later.look()
    expect([later.paused, later.ends]).toEqual([new Set(), [undefined]])
  })

  test('P23 P28 the end of a pause by a clock that is ahead is no later than now, and the next end replaces it', async () => {
    const first = pausesStage()
    const { runtime, records } = first
    await first.pauses.pause('bank', BY)
    runtime.jump(3_600_000)
    await first.pauses.resume('bank', BY)
    runtime.jump(-3_600_000)
    const later = pausesStage({ runtime, records })
    await later.look()
    expect(later.ends).toEqual([runtime.wallClock()])
    await later.pauses.pause('bank', BY)
    await later.pauses.resume('bank', BY)
    expect(await records.keys('', 100)).toEqual([`open/resumed/bank/${runtime.wallClock()}`])
  })

  test('P28 a kill between the two writes of a resume leaves the channel paused, and a further one ends it', async () => {
    const first = pausesStage()
    const { runtime, records } = first
    await first.pauses.pause('bank', BY)
    const dying: RecordStore = {
      read: (key) => records.read(key),
      write: (...given) => records.write(...given),
      keys: (...given) => records.keys(...given),
      remove: () => Promise.reject(new Error('killed')),
    }
    await expect(pausesStage({ runtime, records: dying }).pauses.resume('bank', BY)).rejects.toThrow('killed')
    const next = pausesStage({ runtime, records })
    await next.look()
    expect(next.paused).toEqual(new Set(['bank']))
    await runtime.advance(1_000)
    await next.pauses.resume('bank', BY)
    expect(await records.keys('', 100)).toEqual([`open/resumed/bank/${runtime.wallClock()}`])
  })

  test('P28 an id of any letters has an end of its own', async () => {
    const ids = ['bank', 'bank/1', 'ba nk', 'käse', '__proto__', '\uD800']
    for (const id of ids) {
      const keys = ids.map((other, at) => pauseEndKey(other, at + 1))
      expect(newestPauseEnd(id, keys)).toBe(ids.indexOf(id) + 1)
    }
    expect(newestPauseEnd('bank', ['open/resumed/bank/x', 'open/resumed/bank/', pauseEndKey('bank', 7)])).toBe(7)
  })
})
