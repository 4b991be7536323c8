import kafkajs from 'kafkajs'
import type { ICustomPartitioner } from 'kafkajs'
import { murmur2 } from './murmur2.ts'

/** Chooses the partition of a message. */
export type Partitioner = ReturnType<ICustomPartitioner>

/** murmur2 of the key, as in Kafka's own clients. Records without a key go round robin. */
export function partitioner(): Partitioner {
  const roundRobin = kafkajs.Partitioners.DefaultPartitioner()
  return (given) => {
    const { key } = given.message
    if (key === null || key === undefined) return roundRobin(given)
    const hash = murmur2(typeof key === 'string' ? Buffer.from(key) : key)
    return (hash & 0x7fffffff) % given.partitionMetadata.length
  }
}
