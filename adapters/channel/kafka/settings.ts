import type { Duration } from '../../../src/engine/saga.ts'

/** A Kafka channel of saga.json (C2.2, C2.5a). */
export interface KafkaOptions {
  readonly id: string
  readonly configurations: KafkaSettings
  /** A sentence for each broker address of the file that was left out, since it can never be reached. */
  readonly unusableBrokers?: readonly string[] | undefined
}

export interface KafkaSettings extends BrokerConnection {
  readonly inputTopics: readonly string[]
  readonly outputTopics: readonly string[]
  readonly consumerGroup?: string | undefined
  readonly deadLetterTopic?: string | undefined
  readonly fromBeginning: boolean
  readonly sessionTimeout: Duration
}

/** Addresses of the brokers, and how to connect to them. */
export interface BrokerConnection {
  readonly brokers: readonly Secret[]
  readonly authenticationProperties: {
    readonly ssl?: boolean | TlsSettings | undefined
    readonly sasl?: SaslSettings | undefined
  }
}

export interface TlsSettings {
  readonly ca?: readonly Secret[] | undefined
  readonly key?: Secret | undefined
  readonly cert?: Secret | undefined
  readonly passphrase?: Secret | undefined
}

export interface SaslSettings {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: Secret
  readonly password: Secret
}

/** A text that is printed as `[redacted]`. */
export interface Secret {
  reveal(): string
}
