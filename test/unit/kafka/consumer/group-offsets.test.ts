import { describe, expect, test } from 'vitest'
import { GroupOffsets } from '../../../../adapters/channel/kafka/consumer/group-offsets.ts'
import type { ConsumerSettings } from '../../../../adapters/channel/kafka/consumer/group-offsets.ts'
import type { AdminConnection } from '../../../../adapters/channel/kafka/admin-connection.ts'
import type { OffsetRange, PartitionOffset } from '../../../../adapters/channel/kafka/driver.ts'

const SETTINGS = { consumerGroup: 'g', inputTopics: ['events'] } as unknown as ConsumerSettings

/** A broker with two partitions, whose offsets the test sets. */
function broker() {
  const state = { ends: ['5', '0'], starts: ['2', '0'], committed: [] as PartitionOffset[], isAway: false, asks: 0 }
  const admin = {
    ranges: async (topic: string): Promise<readonly OffsetRange[]> =>
      state.ends.map((offset, partition) => ({ topic, partition, offset, start: state.starts[partition] ?? '0' })),
    committed: async () => state.committed,
  }
  const ask = async (question: (one: typeof admin) => unknown) => {
    state.asks++
    if (state.isAway) throw new Error('away')
    return question(admin)
  }
  return { state, offsets: new GroupOffsets({ ask } as unknown as AdminConnection, SETTINGS) }
}

/** Lets `caughtUp` ask once, and again after each `look`. */
function watching(offsets: GroupOffsets, isWanted = () => true) {
  let go: () => void = () => undefined
  let isOver = false
  const pause = () => new Promise<void>((resolve) => (go = resolve))
  const done = offsets.caughtUp(isWanted, pause).then(() => (isOver = true))
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  const look = async () => {
    await settle()
    go()
    await settle()
    return isOver
  }
  return { look, done }
}

function at(offset: string, partition = 0): PartitionOffset {
  return { topic: 'events', partition, offset }
}

describe('GroupOffsets.caughtUp', () => {
  test('P18 the group has caught up when it has committed the ends that were seen first', async () => {
    const { state, offsets } = broker()
    state.committed = [at('3')]
    const { look } = watching(offsets)
    expect(await look()).toBe(false)
    state.ends = ['9', '4'] // later records are not waited for
    state.committed = [at('4')]
    expect(await look()).toBe(false)
    state.committed = [at('5')]
    expect(await look()).toBe(true)
  })

  test('P18 a partition without a commit has caught up only while it is empty', async () => {
    const { state, offsets } = broker()
    expect(await watching(offsets).look()).toBe(false)
    state.ends = ['2', '0']
    expect(await watching(offsets).look()).toBe(true)
  })

  test('P18 brokers that are away are asked again, and the ends are those of their first answer', async () => {
    const { state, offsets } = broker()
    state.isAway = true
    const { look } = watching(offsets)
    expect(await look()).toBe(false)
    state.isAway = false
    state.committed = [at('5')]
    expect(await look()).toBe(true)
  })

  test('P18 it asks no more when the wait is over', async () => {
    const { state, offsets } = broker()
    let isWanted = true
    const { look, done } = watching(offsets, () => isWanted)
    await look()
    isWanted = false
    await look()
    const { asks } = state
    await done
    expect(state.asks).toBe(asks)
  })
})
