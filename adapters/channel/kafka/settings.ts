import type { Duration } from '../../../src/engine/saga.ts'

/** What a saga.json says of a Kafka channel (C2.2, C2.5a), secrets still closed. */
export interface KafkaOptions {
  readonly id: string
  readonly configurations: KafkaSettings
  /** Brokers of the file that were left out: why, and where they stand. */
  readonly hopeless?: readonly string[] | undefined
}

export interface KafkaSettings extends Connection {
  readonly inputTopics: readonly string[]
  readonly outputTopics: readonly string[]
  readonly consumerGroup?: string | undefined
  readonly deadLetterTopic?: string | undefined
  readonly fromBeginning: boolean
  readonly sessionTimeout: Duration
}

/** Where the brokers are and how they are spoken to. */
export interface Connection {
  readonly brokers: readonly Closed[]
  readonly authenticationProperties: {
    readonly ssl?: boolean | Tls | undefined
    readonly sasl?: Sasl | undefined
  }
}

export interface Tls {
  readonly ca?: readonly Closed[] | undefined
  readonly key?: Closed | undefined
  readonly cert?: Closed | undefined
  readonly passphrase?: Closed | undefined
}

export interface Sasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: Closed
  readonly password: Closed
}

/** A secret: prints as redacted. */
export interface Closed {
  reveal(): string
}
