import fc from 'fast-check'
import kafkajs from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { partitioner } from '../../../../adapters/channel/kafka/kafkajs/partitioner.ts'

/** Metadata of `count` partitions, all with a leader. */
const partitionsOf = (count: number) =>
  Array.from({ length: count }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }))

function placeOf(key: string | Buffer, count: number): number {
  return partitioner()({ topic: 'orders', partitionMetadata: partitionsOf(count), message: { key, value: null } })
}

/** The murmur2 of these keys in the tests of Kafka's Java client (`UtilsTest`). */
const JAVA: readonly (readonly [key: string, hash: number])[] = [
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ['abc', 479_470_107],
]

describe("a key goes to the same partition as with Kafka's Java clients", () => {
  test.each(JAVA)('C3.1 I5 "%s"', (key, hash) => {
    for (const count of [1, 2, 3, 7, 12, 16, 100, 4_099]) {
      const expected = (hash & 0x7fffffff) % count
      expect(placeOf(key, count)).toBe(expected)
      expect(placeOf(Buffer.from(key), count)).toBe(expected)
    }
  })

  test('C3.1 I5 also while some partitions have no leader', () => {
    const [first, ...others] = partitionsOf(12)
    const partitionMetadata = [{ ...first, leader: -1 } as (typeof others)[number], ...others]
    const place = partitioner()({ topic: 'orders', partitionMetadata, message: { key: 'abc', value: null } })
    expect(place).toBe(479_470_107 % 12)
  })

  test('C3.1 I5 any bytes go to the same partition as with kafkajs', () => {
    const theirs = kafkajs.Partitioners.DefaultPartitioner()
    const partitionMetadata = partitionsOf(4_099)
    const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array))
    const keys = fc.oneof(bytes, fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(keys, (key) => {
        const given = { topic: 'orders', partitionMetadata, message: { key, value: null } }
        expect(partitioner()(given)).toBe(theirs(given))
      }),
      { numRuns: 300 },
    )
  })

  test('P20 a key of a megabyte, as in a dead letter, does not block the thread', () => {
    expect(placeOf(Buffer.alloc(1_048_576, 'k'), 12)).toBe(placeOf('k'.repeat(1_048_576), 12))
  })
})
