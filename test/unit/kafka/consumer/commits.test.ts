import { expect, test } from 'vitest'
import { Commits } from '../../../../adapters/channel/kafka/consumer/commits.ts'
import type { CommitOutcome, PartitionOffset } from '../../../../adapters/channel/kafka/driver.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const at = (offset: number, partition = 0): PartitionOffset => ({ topic: 'orders', partition, offset: String(offset) })
const AWAY = new BatutaError('broker-unreachable', 'nobody answers')

/** Commits whose requests the test answers. A request is logged as one line, such as `0:5 1:7`. */
function stage() {
  const runtime = simulatedRuntime()
  const requests: string[] = []
  const open: PromiseWithResolvers<CommitOutcome>[] = []
  const commits = new Commits((positions) => {
    requests.push(positions.map(({ partition, offset }) => `${partition}:${offset}`).join(' '))
    const answer = Promise.withResolvers<CommitOutcome>()
    open.push(answer)
    return answer.promise
  }, runtime)
  const answer = async (outcome: CommitOutcome | Error = 'committed') => {
    const one = open.shift()
    if (one === undefined) throw new TypeError('answer a commit: none is under way')
    if (outcome instanceof Error) one.reject(outcome)
    else one.resolve(outcome)
    await settle()
  }
  return { runtime, requests, open, commits, answer }
}

test('one request at a time, and the next one has the latest offset of each partition added meanwhile', async () => {
  const { commits, requests, open, answer } = stage()
  commits.add(at(1))
  commits.add(at(2))
  commits.add(at(7, 1))
  commits.add(at(3))
  await settle()
  expect(requests).toEqual(['0:1'])
  await answer()
  expect(requests).toEqual(['0:1', '0:3 1:7'])
  expect(open).toHaveLength(1)
  await answer()
  expect(requests).toHaveLength(2)
})

test('flush resolves when everything is committed, offsets added meanwhile included', async () => {
  const { commits, answer } = stage()
  let isFlushed = false
  commits.add(at(1))
  void commits.flush().then(() => (isFlushed = true))
  commits.add(at(2))
  await answer()
  expect(isFlushed).toBe(false)
  await answer()
  expect(isFlushed).toBe(true)
})

test('flush without offsets resolves at once', async () => {
  const { commits, requests } = stage()
  await commits.flush()
  expect(requests).toEqual([])
})

test('after a request the next offset is sent, at whatever moment it is added', async () => {
  for (let ticks = 0; ticks < 12; ticks++) {
    const { commits, requests, open, answer } = stage()
    commits.add(at(1))
    open.shift()?.resolve('committed')
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
    commits.add(at(2))
    await settle()
    expect(requests, `${ticks} ticks later`).toEqual(['0:1', '0:2'])
    await answer()
  }
})

test("offsets refused by a rebalance are dropped with their generation: the partition's next owner commits its own", async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  await answer('rebalancing')
  commits.clear()
  await runtime.advance(10_000)
  expect(requests).toEqual(['0:1'])
  expect(runtime.logged).toEqual([])
})

test('I1 offsets refused by a rebalance are committed again where no new generation begins', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  await answer('rebalancing')
  await runtime.advance(1_000)
  expect(requests).toEqual(['0:1', '0:1'])
})

test("I1 offsets of a new generation are committed, whatever the result of the old generation's request in flight", async () => {
  for (const outcome of ['committed', 'rebalancing', AWAY] as const) {
    const { commits, requests, runtime, answer } = stage()
    commits.add(at(1))
    commits.clear()
    commits.add(at(5, 1))
    await answer(outcome)
    await runtime.advance(1_000)
    expect(requests).toEqual(['0:1', '1:5'])
  }
})

test('a request without an answer delays the next ones by its time-out only', async () => {
  const { commits, requests, runtime } = stage()
  commits.add(at(1))
  commits.add(at(2))
  await runtime.advance(25_000)
  expect(requests).toEqual(['0:1', '0:2'])
  expect(runtime.logged[0]).toMatchObject({
    level: 'warn',
    fields: { why: 'commit offsets: no answer within 20000 ms' },
  })
})

test('any other failure is logged, and tried again a second later', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  await answer(AWAY)
  expect(requests).toHaveLength(1)
  expect(runtime.logged[0]).toMatchObject({ level: 'warn', fields: { why: 'nobody answers' } })
  await runtime.advance(1_000)
  expect(requests).toEqual(['0:1', '0:1'])
  await answer()
  await runtime.advance(10_000)
  expect(requests).toHaveLength(2)
})

test('an outage is logged once, and the next one again', async () => {
  const { commits, runtime, answer } = stage()
  const warnings = () => runtime.logged.filter(({ level }) => level === 'warn').length
  commits.add(at(1))
  for (let times = 0; times < 5; times++) {
    await answer(AWAY)
    await runtime.advance(1_000)
  }
  expect(warnings()).toBe(1)
  await answer()
  commits.add(at(2))
  await answer(AWAY)
  expect(warnings()).toBe(2)
})

test('a retry does not replace a newer offset that waits', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  commits.add(at(9, 1))
  await answer(AWAY)
  commits.add(at(2))
  await answer()
  await runtime.advance(1_000)
  expect(requests.at(-1)).toMatch(/0:2/)
})

test('I1 a retry never goes back behind an offset that was committed meanwhile', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  await answer(AWAY)
  commits.add(at(2))
  await answer()
  await runtime.advance(10_000)
  expect(requests).toEqual(['0:1', '0:2'])
})

test('offsets that wait when a generation ends are dropped', async () => {
  const { commits, requests, answer } = stage()
  commits.add(at(1))
  commits.add(at(2))
  commits.clear()
  await answer()
  expect(requests).toEqual(['0:1'])
})

test('a failed commit of an ended generation is not retried in the next one', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  await answer(AWAY)
  commits.clear()
  await runtime.advance(10_000)
  expect(requests).toEqual(['0:1'])
})

/** Answers "rebalancing" to each try for so many seconds; the commit of a new generation is tried once a second too. */
async function rebalances({ runtime, answer }: ReturnType<typeof stage>, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await answer('rebalancing')
    await runtime.advance(1_000)
  }
}

test('C7 rebalances that let nothing be committed are logged after 90 s, once, and anew after a commit', async () => {
  const made = stage()
  const { commits, runtime, answer } = made
  commits.add(at(1))
  await rebalances(made, 91)
  expect(runtime.logged).toEqual([])
  await rebalances(made, 109)
  const warnings = () => runtime.logged.filter(({ level }) => level === 'warn').map(({ fields }) => fields)
  expect(warnings()).toEqual([{ why: 'the group divides its partitions anew, for 91 s by now' }])
  await answer()
  commits.add(at(2))
  await rebalances(made, 100)
  expect(warnings()).toHaveLength(2)
})

test('rebalances with pauses between them, in which nothing is to be committed, are ordinary ones', async () => {
  const made = stage()
  for (let times = 0; times < 5; times++) {
    made.commits.add(at(times))
    await rebalances(made, 30)
    made.commits.clear()
    await made.answer('rebalancing')
    await made.runtime.advance(60_000)
  }
  expect(made.runtime.logged).toEqual([])
})
