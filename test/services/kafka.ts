import { afterAll, describe, inject } from 'vitest'
import type { Broker } from '../../testing/broker/broker.ts'
import { type NewRecord, type ReadRecord, Topics } from './topics.ts'

export type { NewRecord, ReadRecord }

/** The facts of a broker that a client needs. */
export type Reachable = Pick<Broker, 'addresses' | 'ca' | 'client' | 'user'>

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the broker that test/kafka/setup.ts has started, or why there is none. */
    kafka: Reachable | { readonly why: string }
  }
}

const provided = inject('kafka')

/** The broker of this run, which stays up: who stops one starts one of its own. For inside of `describeKafka`. */
export const kafka: Reachable = {
  get addresses() {
    return reachable().addresses
  },
  get ca() {
    return reachable().ca
  },
  get client() {
    return reachable().client
  },
  get user() {
    return reachable().user
  },
}

/** A suite that is left out, and not even read, where there is no broker; in the gate it fails then. */
export function describeKafka(name: string, suite: () => void): void {
  if (!('why' in provided)) return void describe(name, suite)
  const { why } = provided
  const isGate = process.env['CI'] === 'true'
  describe.skipIf(!isGate)(name, (it) =>
    it('needs a Kafka broker', () => {
      throw new Error(why)
    }),
  )
}

/** Creates a topic on the broker of this run. Its name begins with `name` and is nobody else's. */
export function createTopic(name?: string, partitions?: number): Promise<string> {
  return ofRun().create(name, partitions)
}

/** In this order, where they go to the same partition. */
export function produce(topic: string, records: readonly NewRecord[]): Promise<void> {
  return ofRun().produce(topic, records)
}

/** Everything that can be read of a topic now, by partition and offset: of transactions, what they have committed. */
export function readAll(topic: string): Promise<ReadRecord[]> {
  return ofRun().readAll(topic)
}

/** How many records of a topic a group has not committed yet; all, where it has never committed. */
export function lag(group: string, topic: string): Promise<number> {
  return ofRun().lag(group, topic)
}

let topics: Topics | undefined
afterAll(() => topics?.close())

/** One for a test file. */
function ofRun(): Topics {
  return (topics ??= new Topics(kafka.addresses.plaintext))
}

function reachable(): Reachable {
  if ('why' in provided)
    throw new Error('use the Kafka broker of this run: there is none, and this is not in describeKafka')
  return provided
}
