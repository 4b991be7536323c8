import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'
import { RecordWatch } from '../../../../src/orchestrator/operators/record-watch.ts'
import type { RecordStore } from '../../../../src/ports/persistency.ts'
import type { OpenRecords } from '../../../../src/orchestrator/operators/record-watch.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

function watchStage() {
  const runtime = simulatedRuntime()
  const [records, incidents, found]: [ProcessRecords, Incidents, OpenRecords[]] = [
    new ProcessRecords(),
    new Incidents(runtime),
    [],
  ]
  let reads = 0
  let answer: (() => Promise<readonly string[]>) | undefined
  const read: ProcessRecords['keys'] = (...given) => {
    reads++
    return answer === undefined ? records.keys(...given) : answer()
  }
  const watched: RecordStore = Object.assign(Object.create(records) as RecordStore, { keys: read })
  const watch = new RecordWatch({ records: watched, runtime, incidents, found: (open) => void found.push(open) })
  const answerWith = (next: typeof answer) => void (answer = next)
  return { runtime, records, watch, found, answerWith, reads: () => reads }
}

describe('the watch over open records', () => {
  test('P25 one read an interval finds the keys of open records and no others', async () => {
    const { runtime, records, watch, found, reads } = watchStage()
    for (const key of ['open/channel/bank', 'open/operation/one', 'operation/one', 'results/one/0'])
      await records.write(key, '{}', 'absent')
    watch.start()
    await runtime.advance(3 * DEFAULTS.recordsLook)
    expect([reads(), found.length]).toEqual([3, 3])
    expect(found[0]?.keys).toEqual(['open/channel/bank', 'open/operation/one'])
    await watch.stop()
    await runtime.advance(10 * DEFAULTS.recordsLook)
    expect(reads()).toBe(3)
  })

  test('P28 the ends of pauses are found beside more open operations than one read takes', async () => {
    const { records, watch, found, reads } = watchStage()
    for (const key of ['open/channel/bank', 'open/resumed/mail/7', 'open/resumed/post/8'])
      await records.write(key, '{}', 'absent')
    const open = async (from: number, to: number) => {
      for (let n = from; n < to; n++) await records.write(`open/operation/${1_000 + n}`, '{}', 'absent')
    }
    await open(0, 998)
    await watch.look() // a whole read, with one end in it
    await open(998, 1_200)
    await watch.look()
    expect(reads()).toBe(4)
    for (const { keys } of found) {
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys).toContain('open/channel/bank')
      expect(keys.filter((key) => key.startsWith('open/resumed/'))).toEqual([
        'open/resumed/mail/7',
        'open/resumed/post/8',
      ])
    }
  })

  test('P25 a look is as old as the beginning of its read', async () => {
    const { runtime, watch, found, answerWith } = watchStage()
    const began = runtime.monotonic()
    answerWith(() => new Promise((resolve) => runtime.after(700, () => resolve([]))))
    const looking = watch.look()
    await runtime.advance(700)
    await looking
    expect(found).toEqual([{ keys: [], asOf: began }])
  })

  test('P25 while a read hangs no second one begins, and the next looks share it', async () => {
    const { runtime, watch, found, answerWith, reads } = watchStage()
    let release: (keys: readonly string[]) => void = () => undefined
    answerWith(() => new Promise((resolve) => (release = resolve)))
    watch.start()
    await runtime.advance(20 * DEFAULTS.recordsLook)
    expect([reads(), found.length]).toEqual([1, 0])
    release(['open/channel/bank'])
    await runtime.advance(DEFAULTS.recordsLook)
    expect([reads(), found.length]).toEqual([2, 1])
    release([])
    await watch.stop()
  })

  test('P20 a store that is away is logged once, then its return; what was known stays as it is', async () => {
    const { runtime, watch, found, answerWith } = watchStage()
    watch.start()
    await runtime.advance(DEFAULTS.recordsLook)
    answerWith(() => Promise.reject(new Error('no answer')))
    await runtime.advance(5 * DEFAULTS.recordsLook)
    expect(found).toHaveLength(1)
    answerWith(undefined)
    await runtime.advance(10 * DEFAULTS.recordsLook)
    const codes = runtime.logged.filter(({ level }) => level !== 'debug').map(({ code }) => code)
    expect(codes).toEqual(['records.unreadable', 'records.readable'])
    await watch.stop()
  })
})
