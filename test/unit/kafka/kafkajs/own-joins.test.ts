import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import '../../../../adapters/channel/kafka/kafkajs/patches.ts'

interface ConsumerGroup {
  recoverFromFetch(thrown: unknown): Promise<void>
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as {
  readonly prototype: object
}
const MOVED = Object.assign(new Error('moved'), { type: 'NOT_LEADER_FOR_PARTITION' })
const UPDATED = Object.assign(new Error('updated'), { name: 'KafkaJSStaleTopicMetadataAssignment' })
const AWAY = Object.assign(new Error('away'), { name: 'KafkaJSBrokerNotFound' })
/** A timer may fire a millisecond early. */
const GAP = 499

/** kafkajs's side of a group whose joins end at once, and the instants of its joins and of its questions for metadata. */
function stage() {
  const [joins, looks]: [number[], number[]] = [[], []]
  const group: ConsumerGroup = Object.assign(Object.create(prototype) as ConsumerGroup, {
    logger: { debug: () => undefined, warn: () => undefined },
    cluster: { refreshMetadata: async () => void looks.push(performance.now()) },
    joinAndSync: async () => void joins.push(performance.now()),
  })
  return { group, joins, looks }
}

describe('a fetch that meets a moved leader', () => {
  test.for([MOVED, UPDATED])(
    'joins at once, and half a second after that join at the soonest ($message)',
    async (thrown) => {
      const { group, joins } = stage()
      const begun = performance.now()
      for (let times = 0; times < 3; times++) await group.recoverFromFetch(thrown)
      const [first = Infinity, second = 0, third = 0] = joins
      expect(first - begun).toBeLessThan(GAP)
      expect(second - first).toBeGreaterThanOrEqual(GAP)
      expect(third - second).toBeGreaterThanOrEqual(GAP)
    },
  )

  test('waits for no other group, nor do fetches wait that need no join', async () => {
    const [one, other] = [stage(), stage()]
    const begun = performance.now()
    await one.group.recoverFromFetch(MOVED)
    await other.group.recoverFromFetch(MOVED)
    await one.group.recoverFromFetch(AWAY)
    await one.group.recoverFromFetch(AWAY)
    expect(performance.now() - begun).toBeLessThan(GAP)
    expect([one.joins.length, one.looks.length, other.joins.length]).toEqual([1, 3, 1])
  })
})
