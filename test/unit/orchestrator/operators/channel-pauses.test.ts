import { describe, expect, test } from 'vitest'
import { ChannelPauses } from '../../../../src/orchestrator/operators/channel-pauses.ts'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const BY = { operator: 'zoe', reason: 'the bank is away' }
const KEY = 'open/channel/bank'

/** One channel, and reads of the records that began before a change and end after it. */
function pausesStage() {
  const runtime = simulatedRuntime()
  const paused = new Set<string>()
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
    resume: (channel: string) => paused.delete(channel),
  }
  const pauses = new ChannelPauses({ records: new ProcessRecords(), process, runtime })
  return { runtime, paused, pauses }
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
