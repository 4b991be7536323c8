import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer, Producer } from '@platformatic/kafka'
import type { CompressionAlgorithmValue } from '@platformatic/kafka'
import type { Script } from '../../services/behaviour.ts'
import { eventually } from '../../services/client.ts'

/** A record as it was in its topic, byte by byte. */
export interface ReceivedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly value: string
  /** In their order, duplicates included. */
  readonly headers: readonly (readonly [string, string])[]
  /** Values of the headers, one character a byte. */
  readonly headerBytes: Readonly<Record<string, string>>
}

export interface SentRecord {
  readonly topic: string
  readonly key?: string | Buffer
  readonly value?: string | Buffer
  readonly headers?: Readonly<Record<string, string | Buffer>>
  readonly partition?: number
}

export interface KafkaPeerOptions {
  readonly address: string
  /** Topics that it reads, from their oldest record. */
  readonly hears?: readonly string[]
  /** The topic of its events: the answers to the commands of its script. */
  readonly answers?: PeerReplies
}

export interface PeerReplies {
  readonly script: Script | ReplyRule
  readonly to: string
  /** The number of times that it sends each event, under the same key. */
  readonly times?: number
  /** ms before it answers a command. */
  readonly thinks?: () => number
}

/** Called for a command that was not answered yet, with the number of its arrival. */
export type ReplyRule = (label: string, metadata: Readonly<Record<string, unknown>>, nth: number) => Reply | undefined

export interface Reply {
  readonly label: string
  readonly payload: object
  /** ms after which the same event is sent once more. */
  readonly again?: number | undefined
  /** Label of an event that is sent before it, though the saga does not expect it yet. */
  readonly early?: string | undefined
}

/** A participant on another Kafka library. */
export class KafkaPeer {
  readonly heard: ReceivedRecord[] = []
  readonly #consumer: Consumer
  readonly #producer: Producer
  #answers: PeerReplies | undefined
  readonly #answered = new Set<string>()
  readonly #arrivals = new Map<string, number>()
  readonly #answering = new Set<Promise<void>>()
  #isClosed = false

  private constructor({ address, answers }: KafkaPeerOptions) {
    const base = { clientId: 'peer', bootstrapBrokers: [address], retries: 5, retryDelay: 200 }
    this.#consumer = new Consumer({ ...base, groupId: `peer-${randomUUID()}`, maxWaitTime: 100, autocommit: false })
    this.#producer = new Producer({ ...base, acks: -1 })
    this.#answers = answers
  }

  static async join(options: KafkaPeerOptions): Promise<KafkaPeer> {
    const peer = new KafkaPeer(options)
    if (options.hears !== undefined) await peer.#listen(options.hears)
    return peer
  }

  /** Writes records, one batch for each partition. Resolves when they are durable. */
  async say(records: readonly SentRecord[], compression: CompressionAlgorithmValue = 'none'): Promise<void> {
    const bytes = (text: string | Buffer) => (typeof text === 'string' ? Buffer.from(text) : text)
    const messages = records.map(({ topic, key, value, headers, partition }) => ({
      topic,
      ...(key !== undefined && { key: bytes(key) }),
      ...(value !== undefined && { value: bytes(value) }),
      ...(headers && { headers: new Map(Object.entries(headers).map(([n, v]) => [Buffer.from(n), bytes(v)])) }),
      ...(partition !== undefined && { partition }),
    }))
    await this.#producer.send({ messages, compression })
  }

  /** Waits until `count` records of this topic were read, and resolves with them. */
  until(topic: string, count: number, within?: number): Promise<ReceivedRecord[]> {
    return eventually(() => {
      const found = this.heard.filter((one) => one.topic === topic)
      return found.length >= count ? found : undefined
    }, within)
  }

  /** Sets the answers to commands from now on. */
  follow(answers: PeerReplies | undefined): void {
    this.#answers = answers
  }

  /** Waits until it has sent the answers to all records that it has read. */
  async idle(): Promise<void> {
    while (this.#answering.size > 0) await Promise.all(this.#answering)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([this.#consumer.close(true), this.#producer.close()])
  }

  async #listen(topics: readonly string[]): Promise<void> {
    const stream = await this.#consumer.consume({ topics: [...topics], mode: 'earliest' })
    stream.on('error', (thrown) => {
      if (!this.#isClosed) throw thrown
    })
    stream.on('data', (message) => {
      const heard: ReceivedRecord = {
        topic: message.topic,
        partition: message.partition,
        offset: Number(message.offset),
        key: message.key.toString(),
        value: message.value.toString(),
        headers: message.headerEntries.map(([name, value]) => [name.toString(), value.toString()] as const),
        headerBytes: Object.fromEntries(
          message.headerEntries.map(([name, value]) => [name.toString(), value.toString('latin1')]),
        ),
      }
      this.heard.push(heard)
      const answering = this.#answer(heard)
        .catch((thrown: unknown) => {
          if (!this.#isClosed) throw thrown // after the end of a test, its last answers have no producer
        })
        .finally(() => this.#answering.delete(answering))
      this.#answering.add(answering)
    })
  }

  /** Answers like a participant must: under a key made of the command's, with one event for all deliveries of a command. */
  async #answer({ key, value, headers }: ReceivedRecord): Promise<void> {
    if (this.#answers === undefined) return
    const { script, to, times = 1, thinks } = this.#answers
    const id = Object.fromEntries(headers)['idempotency-key'] ?? ''
    if (this.#answered.has(id)) return
    const nth = (this.#arrivals.get(id) ?? 0) + 1
    this.#arrivals.set(id, nth)
    const reply = replyOf(script, value, nth)
    if (reply === undefined) return
    this.#answered.add(id)
    if (thinks !== undefined) await sleep(thinks())
    const answerOf = (label: string, payload?: object) =>
      event(to, key, { label, ...(payload && { payload }), headers: { 'idempotency-key': `${id}/${label}` } })
    const answer = answerOf(reply.label, reply.payload)
    const early = reply.early === undefined ? [] : [answerOf(reply.early)]
    await this.say([...early, ...Array.from({ length: times }, () => answer)])
    if (reply.again === undefined) return
    await sleep(reply.again)
    if (!this.#isClosed) await this.say([answer])
  }
}

function replyOf(script: Script | ReplyRule, value: string, nth: number): Reply | undefined {
  const { messageLabel, messagePayload } = JSON.parse(value) as {
    messageLabel: string
    messagePayload: Record<string, unknown>
  }
  if (typeof script === 'function') return script(messageLabel, messagePayload, nth)
  const label = script[messageLabel]
  return label === undefined ? undefined : { label, payload: { [label]: true } }
}

export interface ToldEvent {
  readonly label: string
  readonly payload?: object
  readonly headers?: Readonly<Record<string, string | Buffer>>
}

/** The record of an event (C3.3). A label alone has an empty payload. */
export function event(topic: string, key: string, told: string | ToldEvent): SentRecord {
  const { label, payload = {}, headers = {} } = typeof told === 'string' ? { label: told } : told
  return { topic, key, value: JSON.stringify({ messageLabel: label, messagePayload: payload }), headers }
}
