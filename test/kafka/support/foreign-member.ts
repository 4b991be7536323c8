import { Kafka, logLevel } from 'kafkajs'
import type { Consumer } from 'kafkajs'
import { eventually } from '../../services/client.ts'
import { kafka } from '../../services/kafka.ts'
import { SESSION } from './kafka-saga.ts'
import type { KafkaFixture } from './fixture.ts'

/** A foreign member of the group: it reads events, commits them, and does nothing with them. */
export class ForeignMember {
  /** `partition/offset` of each record that it read. */
  readonly taken: string[] = []
  /** Its present partitions. */
  partitions: readonly number[] = []
  readonly #consumer: Consumer

  private constructor({ group }: KafkaFixture) {
    const client = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING })
    const times = { sessionTimeout: SESSION, rebalanceTimeout: 60_000, heartbeatInterval: 300, maxWaitTimeInMs: 200 }
    this.#consumer = client.consumer({ groupId: group, ...times })
  }

  /** Resolves when it has partitions. */
  static async join(fixture: KafkaFixture): Promise<ForeignMember> {
    const foreigner = new ForeignMember(fixture)
    await foreigner.#join(fixture)
    await eventually(() => (foreigner.partitions.length > 0 ? true : undefined))
    return foreigner
  }

  leave(): Promise<void> {
    this.partitions = []
    return this.#consumer.disconnect()
  }

  async #join({ events }: KafkaFixture): Promise<void> {
    this.#consumer.on(this.#consumer.events.GROUP_JOIN, ({ payload }) => {
      this.partitions = payload.memberAssignment[events] ?? []
    })
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topic: events, fromBeginning: true })
    await this.#consumer.run({
      autoCommitThreshold: 1,
      eachMessage: async ({ partition, message }) => void this.taken.push(`${partition}/${message.offset}`),
    })
  }
}
