import { expect, test } from 'vitest'
import { Commits } from '../../../../adapters/channel/kafka/consumer/commits.ts'
import type { CommitOutcome, PartitionOffset } from '../../../../adapters/channel/kafka/driver.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const at = (offset: number, partition = 0): PartitionOffset => ({ topic: 'orders', partition, offset: String(offset) })
const AWAY = new BatutaError('broker-unreachable', 'nobody answers')

/** Commits whose requests the test answers; each is one line, such as `0:5 1:7`. */
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

test('one request at a time, and the next one carries all that came meanwhile, the latest of each partition', async () => {
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

test('flush resolves when everything is committed, what came meanwhile included', async () => {
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

test('flush of nothing is over at once', async () => {
  const { commits, requests } = stage()
  await commits.flush()
  expect(requests).toEqual([])
})

test('after it was idle the next one goes out, at whatever moment it comes', async () => {
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

test('what a rebalance refused is dropped with its generation: whoever has the partition then says how far it is', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  await answer('rebalancing')
  commits.clear()
  await runtime.advance(10_000)
  expect(requests).toEqual(['0:1'])
  expect(runtime.logged).toEqual([])
})

test('I1 what a rebalance refused is committed where no new generation comes of it', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  await answer('rebalancing')
  await runtime.advance(1_000)
  expect(requests).toEqual(['0:1', '0:1'])
})

test('I1 what a new generation adds while a request of the old one is under way is committed, whatever becomes of that', async () => {
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

test('a request that is never answered holds up the others for a while only', async () => {
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

test('what failed otherwise is tried again a little later, and said', async () => {
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

test('an outage is said once, and the next one again', async () => {
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

test('a second try is not made over a newer position that waits', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  commits.add(at(9, 1))
  await answer(AWAY)
  commits.add(at(2))
  await answer()
  await runtime.advance(1_000)
  expect(requests.at(-1)).toMatch(/0:2/)
})

test('I1 a second try never goes back behind what was committed meanwhile', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  await answer(AWAY)
  commits.add(at(2))
  await answer()
  await runtime.advance(10_000)
  expect(requests).toEqual(['0:1', '0:2'])
})

test('what waits when a generation ends is forgotten', async () => {
  const { commits, requests, answer } = stage()
  commits.add(at(1))
  commits.add(at(2))
  commits.clear()
  await answer()
  expect(requests).toEqual(['0:1'])
})

test('what failed in a generation that has ended is not tried again in the next one', async () => {
  const { commits, requests, runtime, answer } = stage()
  commits.add(at(1))
  await answer(AWAY)
  commits.clear()
  await runtime.advance(10_000)
  expect(requests).toEqual(['0:1'])
})
