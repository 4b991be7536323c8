import type { Contact } from './contact.ts'
import type { Ends, Position } from './driver.ts'
import type { KafkaSettings } from './settings.ts'

/** How far a group is in its topics, and what these hold, as the brokers have it now. */
export class Marks {
  readonly #contact: Contact
  readonly #group: string
  readonly #topics: readonly string[]

  constructor(contact: Contact, { consumerGroup, inputTopics }: KafkaSettings & { readonly consumerGroup: string }) {
    this.#contact = contact
    this.#group = consumerGroup
    this.#topics = inputTopics
  }

  /** Partitions of which nothing was committed are left out. */
  committed(): Promise<readonly Position[]> {
    return this.#contact.ask((admin) => admin.committed(this.#group, this.#topics))
  }

  async ends(): Promise<readonly Ends[]> {
    const each = await this.#contact.ask((admin) => Promise.all(this.#topics.map((topic) => admin.ends(topic))))
    return each.flat()
  }
}

/** What this list has of the same partition. */
export function findIn<T extends Position>(
  list: readonly T[],
  { topic, partition }: Omit<Position, 'offset'>,
): T | undefined {
  return list.find((one) => one.topic === topic && one.partition === partition)
}
