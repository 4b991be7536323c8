import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PartitionProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import type { Taken } from '../../../../src/ports/source.ts'
import { fakeBatch, record } from '../../../fakes/kafka.ts'
import { stage } from './reading-stage.ts'

/** A record and the answers to each of its tries. After the last one it is settled. */
const plan = fc.record({
  saga: fc.constantFrom('a', 'b', 'c', undefined),
  tries: fc.array(
    fc.record({
      latency: fc.integer({ min: 0, max: 40 }),
      verdict: fc.constantFrom<Taken>(
        { kind: 'settled' },
        { kind: 'poison', reason: 'unknown-saga', why: 'no saga' },
        { kind: 'stuck', why: 'a broken row', lastWritten: 0 },
        { kind: 'unwanted' },
      ),
    }),
    { maxLength: 3 },
  ),
})

/** The answer after the listed tries. A settled event is settled again, as a duplicate. */
const AT_LAST = { latency: 1, verdict: { kind: 'settled' } } as const

interface GivenAnswer {
  readonly offset: number
  readonly saga: string
  readonly isFinal: boolean
}

type RecordPlan = typeof plan extends fc.Arbitrary<infer T> ? T : never

/** Reads until all is settled, each batch from the end of the one before it, and checks every result. */
async function readAll(plans: readonly RecordPlan[], permits: number, sizes: readonly number[]) {
  const { runtime, readBatch, intake, letters } = stage({ permits, deadLetters: async () => 'written' as const })
  const list = plans.map(({ saga }, offset) => record(saga ?? '', offset))
  const left = plans.map(({ tries }) => [...tries])
  const verdicts: GivenAnswer[] = []
  const under = new Set<string>()
  let most = 0
  intake.take = async ({ origin, sagaId }) => {
    const offset = Number(origin?.split('/').at(-1))
    expect(under.has(sagaId), `${sagaId} has two events under way`).toBe(false)
    under.add(sagaId)
    most = Math.max(most, under.size)
    const wasSettled = verdicts.some((one) => one.offset === offset && one.isFinal)
    const { latency, verdict } = (wasSettled ? undefined : left[offset]?.shift()) ?? AT_LAST
    await new Promise<void>((resolve) => runtime.after(latency, resolve))
    under.delete(sagaId)
    verdicts.push({ offset, saga: sagaId, isFinal: verdict.kind === 'settled' || verdict.kind === 'poison' })
    return verdict
  }
  const progress = new PartitionProgress('orders', 0)
  const isSettled = (offset: number) =>
    verdicts.some((one) => one.offset === offset && one.isFinal) || letters.some((one) => one.startsWith(`${offset} `))
  let from = 0
  for (let round = 0; from < list.length; round++) {
    expect(round, 'it makes no progress').toBeLessThan(100)
    const part = list.slice(from, from + (sizes[round % sizes.length] ?? 1))
    const reading = readBatch({ batch: fakeBatch(part), progress, isWanted: () => true, isOpen: () => true })
    await runtime.advance(1_000)
    const read = await reading
    const resolved = part.slice(0, read.settled)
    for (const { offset } of resolved) expect(isSettled(Number(offset)), `resolved past ${offset}`).toBe(true)
    const next = part[read.settled]
    if (next !== undefined) expect(isSettled(Number(next.offset)), `not resolved although settled`).toBe(false)
    from += read.settled
    progress.advance(String(from), read.beyond)
  }
  return { verdicts, letters, most, left: runtime.timers }
}

const batches = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
const settings = [fc.array(plan, { maxLength: 14 }), fc.integer({ min: 1, max: 4 })] as const

test('I1 I5 with any answers and latencies: nothing is resolved past an unsettled record, order and the number of permits are kept', async () => {
  await fc.assert(
    fc.asyncProperty(...settings, batches, async (plans, permits, sizes) => {
      const { verdicts, most, left } = await readAll(plans, permits, sizes)
      expect(most).toBeLessThanOrEqual(permits)
      expect(left).toBe(0)
      for (const saga of ['a', 'b', 'c']) {
        const final = verdicts.filter((one) => one.saga === saga && one.isFinal).map(({ offset }) => offset)
        const firsts = final.filter((offset, index) => final.indexOf(offset) === index)
        expect(firsts).toEqual(firsts.toSorted((one, other) => one - other))
        const expected = plans.flatMap((one, offset) => (one.saga === saga ? [offset] : []))
        expect(firsts).toEqual(expected)
      }
    }),
    { numRuns: 120 },
  )
})

test('I4 a partition that is read again settles every record exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(...settings, async (plans, permits) => {
      const { verdicts, letters } = await readAll(plans, permits, [plans.length])
      const settled = verdicts.filter(({ isFinal }) => isFinal).map(({ offset }) => offset)
      const buried = letters.filter((one) => one.includes(' bad-key ')).map((one) => Number.parseInt(one, 10))
      expect([...settled, ...buried].toSorted((one, other) => one - other)).toEqual(plans.map((_, offset) => offset))
    }),
    { numRuns: 120 },
  )
})
