import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { pauseKey } from '../../../../src/orchestrator/operators/pause-keys.ts'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'
import { ServiceControl } from '../../../../src/orchestrator/operators/service-control.ts'
import type { ServiceControlOptions } from '../../../../src/orchestrator/operators/service-control.ts'
import type { SagaOperation } from '../../../../src/orchestrator/operators/saga-operation.ts'
import type { Persistency } from '../../../../src/ports/persistency.ts'
import { create } from '../../../../testing/contract/saves.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { HOLD } from '../bulk/bulk-stage.ts'

const PAUSE = JSON.stringify({ since: 1, operator: 'zoe', reason: 'the bank is away' })

/** A store with one saga; records of the store where it keeps them. */
async function scene(can: Partial<Persistency['can']> = {}, options: Partial<ServiceControlOptions> = {}) {
  const runtime = simulatedRuntime()
  const inner = timelessMemory()
  await create(inner, { id: 's1' })
  const persistency: Persistency = Object.assign(Object.create(inner) as Persistency, { can: { ...inner.can, ...can } })
  const [paused, written] = [new Set<string>(), new Array<string>()]
  const channels = {
    channels: () => [{ channel: 'bank', isPaused: paused.has('bank') }],
    pause: (channel: string) => paused.add(channel) !== undefined,
    resume: (channel: string) => paused.delete(channel),
  }
  const operate = async ({ sagaId, id }: SagaOperation) => {
    written.push(`${sagaId} ${id}`)
    return { kind: 'done', sagaId, state: 'open', details: {} } as const
  }
  const open = () =>
    new ServiceControl({ persistency, operator: { operate }, channels, runtime, metrics: fakeMetrics(), ...options })
  return { runtime, open, paused, written }
}

describe('records of a service', () => {
  test('P25 a store that keeps records has them: a pause is there before anything is sent, and ends with its record', async () => {
    const records = new ProcessRecords()
    await records.write(pauseKey('bank'), PAUSE, 'absent')
    const { runtime, open, paused } = await scene({ records })
    const control = open()
    expect([control.channels.kept, control.bulk?.kept]).toEqual([true, true])
    await control.begin()
    expect(paused).toEqual(new Set(['bank']))
    control.start()
    await records.remove(pauseKey('bank'))
    await runtime.advance(DEFAULTS.recordsLook)
    expect(paused).toEqual(new Set())
    await control.stop(0)
    await records.write(pauseKey('bank'), PAUSE, 'absent')
    await runtime.advance(10 * DEFAULTS.recordsLook)
    expect([paused, runtime.timers]).toEqual([new Set(), 0])
  })

  test('P25 another store has records of the process, which says so', async () => {
    const { open, paused } = await scene()
    const control = open()
    expect([control.channels.kept, control.bulk?.kept]).toEqual([false, false])
    await control.channels.pauses.pause('bank', { operator: 'zoe', reason: 'a look' })
    expect(paused).toEqual(new Set(['bank']))
    await control.begin()
    expect(paused).toEqual(new Set(['bank']))
  })

  test('P25 a store that cannot list has no bulk operations, and its pauses work', async () => {
    const { open, paused } = await scene({ list: false })
    const control = open()
    expect(control.bulk).toBeUndefined()
    await control.channels.pauses.pause('bank', { operator: 'zoe', reason: 'a look' })
    await control.look()
    expect(paused).toEqual(new Set(['bank']))
    await control.stop(0)
  })

  test('P19 where each saga has a store of its own there are no bulk operations', async () => {
    const { open } = await scene({}, { persistency: undefined })
    const control = open()
    expect([control.bulk, control.channels.kept]).toEqual([undefined, false])
  })

  test('P25 without channels of this process none is shown', async () => {
    const control = (await scene({}, { channels: undefined })).open()
    expect(await control.channels.pauses.all()).toEqual([])
    expect(await control.channels.pauses.pause('bank', { operator: 'zoe', reason: 'a look' })).toBeUndefined()
  })
})

describe('open operations', () => {
  test('P25 a look carries out what another process has left, and returns when that has ended', async () => {
    const records = new ProcessRecords()
    const { runtime, open, written } = await scene({ records })
    const first = open()
    await first.bulk?.operations.stop(0) // its process ends before it takes a saga
    await first.bulk?.operations.begin(HOLD)
    expect(written).toEqual([])
    const next = open()
    const looking = next.look()
    await runtime.advance(1_000)
    await looking
    expect(written).toEqual(['s1 bulk/op-1'])
    expect(await next.bulk?.operations.read('op-1')).toMatchObject({ status: 'done' })
  })

  test('P25 a look that cannot read the records carries nothing out, and the store is logged once', async () => {
    const records = new ProcessRecords()
    records.keys = () => Promise.reject(new Error('no answer'))
    const { runtime, open } = await scene({ records })
    const control = open()
    await control.look()
    await control.look()
    expect(runtime.logged.filter(({ level }) => level !== 'debug')).toMatchObject([{ code: 'records.unreadable' }])
    records.keys = async () => []
    await control.look()
    expect(runtime.timers).toBe(1) // it is over after a quiet time
    await control.stop(0)
    expect(runtime.timers).toBe(0)
  })

  test('P25 a stop waits for the run under way, and not longer than it may', async () => {
    const { runtime, open } = await scene({}, { operator: { operate: () => new Promise(() => undefined) } })
    const control = open()
    await control.bulk?.operations.begin(HOLD)
    await runtime.advance(1_000)
    let hasStopped = false
    const stopping = control.stop(5_000).then(() => (hasStopped = true))
    await runtime.advance(4_999)
    expect(hasStopped).toBe(false)
    await runtime.advance(1)
    expect(hasStopped).toBe(true)
    await stopping
  })

  test('P19 on a host that ends with its requests a run ends after 15 s, else when it is done', async () => {
    const { runtime, open } = await scene()
    await runtime.advance(1_000)
    expect(open().bulk?.runUntil()).toBe(Number.POSITIVE_INFINITY)
    const brief = (await scene({}, { runtime: Object.assign(runtime, { mayVanish: true }) })).open()
    expect(brief.bulk?.runUntil()).toBe(runtime.monotonic() + 15_000)
  })
})
