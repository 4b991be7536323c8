import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer, Producer } from '@platformatic/kafka'
import type { CompressionAlgorithmValue } from '@platformatic/kafka'
import type { Script } from '../../services/behaviour.ts'
import { eventually } from '../../services/client.ts'

/** A record as it stood in its topic, byte by byte. */
export interface Heard {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly value: string
  /** In their order, repeats included. */
  readonly headers: readonly (readonly [string, string])[]
}

export interface Said {
  readonly topic: string
  readonly key?: string | Buffer
  readonly value?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly partition?: number
}

export interface PeerOptions {
  readonly address: string
  /** Topics that it listens to, from their beginning. */
  readonly hears?: readonly string[]
  /** Answers each command that is in the script with an event to this topic. */
  readonly answers?: Answers
}

export interface Answers {
  readonly script: Script | Answering
  readonly to: string
  /** How often it sends each event, under the same key. */
  readonly times?: number
  /** How many milliseconds it thinks about a command. */
  readonly thinks?: () => number
}

/** What it does for a command that it has not seen before. */
export type Answering = (label: string, metadata: Readonly<Record<string, unknown>>) => Reply | undefined

export interface Reply {
  readonly label: string
  readonly payload: object
  /** So many milliseconds later the same event is sent once more. */
  readonly again?: number | undefined
}

/** A service beside ours, on another Kafka library than ours. */
export class Peer {
  readonly heard: Heard[] = []
  readonly #consumer: Consumer
  readonly #producer: Producer
  #answers: Answers | undefined
  readonly #answered = new Set<string>()
  readonly #answering = new Set<Promise<void>>()
  #isClosed = false

  private constructor({ address, answers }: PeerOptions) {
    const base = { clientId: 'peer', bootstrapBrokers: [address], retries: 5, retryDelay: 200 }
    this.#consumer = new Consumer({ ...base, groupId: `peer-${randomUUID()}`, maxWaitTime: 100, autocommit: false })
    this.#producer = new Producer({ ...base, acks: -1 })
    this.#answers = answers
  }

  static async join(options: PeerOptions): Promise<Peer> {
    const peer = new Peer(options)
    if (options.hears !== undefined) await peer.#listen(options.hears)
    return peer
  }

  /** Resolves when they are durable. All of one topic go into one batch a partition. */
  async say(records: readonly Said[], compression: CompressionAlgorithmValue = 'none'): Promise<void> {
    const bytes = (text: string | Buffer) => (typeof text === 'string' ? Buffer.from(text) : text)
    const messages = records.map(({ topic, key, value, headers, partition }) => ({
      topic,
      ...(key !== undefined && { key: bytes(key) }),
      ...(value !== undefined && { value: bytes(value) }),
      ...(headers && { headers: new Map(Object.entries(headers).map(([n, v]) => [Buffer.from(n), Buffer.from(v)])) }),
      ...(partition !== undefined && { partition }),
    }))
    await this.#producer.send({ messages, compression })
  }

  /** Waits until so many records of this topic were heard, and gives them. */
  until(topic: string, count: number, within?: number): Promise<Heard[]> {
    return eventually(() => {
      const found = this.heard.filter((one) => one.topic === topic)
      return found.length >= count ? found : undefined
    }, within)
  }

  /** From now on what it hears is answered so, or not at all. */
  follow(answers: Answers | undefined): void {
    this.#answers = answers
  }

  /** Waits until it has said everything that it has to say about what it has heard. */
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
      const heard: Heard = {
        topic: message.topic,
        partition: message.partition,
        offset: Number(message.offset),
        key: message.key.toString(),
        value: message.value.toString(),
        headers: message.headerEntries.map(([name, value]) => [name.toString(), value.toString()] as const),
      }
      this.heard.push(heard)
      const answering = this.#answer(heard).finally(() => this.#answering.delete(answering))
      this.#answering.add(answering)
    })
  }

  /** As a participant must: under a key made of the command's, and one event for one command however often it comes. */
  async #answer({ key, value, headers }: Heard): Promise<void> {
    if (this.#answers === undefined) return
    const { script, to, times = 1, thinks } = this.#answers
    const id = Object.fromEntries(headers)['idempotency-key'] ?? ''
    if (this.#answered.has(id)) return
    const reply = replyOf(script, value)
    if (reply === undefined) return
    this.#answered.add(id)
    if (thinks !== undefined) await sleep(thinks())
    const answer = event(to, key, reply.label, reply.payload, { 'idempotency-key': `${id}/${reply.label}` })
    await this.say(Array.from({ length: times }, () => answer))
    if (reply.again === undefined) return
    await sleep(reply.again)
    if (!this.#isClosed) await this.say([answer])
  }
}

function replyOf(script: Script | Answering, value: string): Reply | undefined {
  const { messageLabel, messagePayload } = JSON.parse(value) as {
    messageLabel: string
    messagePayload: Record<string, unknown>
  }
  if (typeof script === 'function') return script(messageLabel, messagePayload)
  const label = script[messageLabel]
  return label === undefined ? undefined : { label, payload: { [label]: true } }
}

/** An event as C3.3 writes it. */
export function event(
  topic: string,
  key: string,
  label: string,
  payload: object = {},
  headers: Readonly<Record<string, string>> = {},
): Said {
  return { topic, key, value: JSON.stringify({ messageLabel: label, messagePayload: payload }), headers }
}
