import type { Duration } from '../../../src/engine/saga.ts'

/** A Kafka channel of saga.json (C2.2, C2.5a). */
export interface KafkaOptions {
  readonly id: string
  readonly configurations: KafkaSettings
  /** A sentence for each broker address of the file that was left out, since it can never be reached. */
  readonly unusableBrokers?: readonly string[] | undefined
}

/** The settings of a Kafka channel, validated. */
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
  readonly brokers: readonly BrokerSecret[]
  readonly authenticationProperties: {
    readonly ssl?: boolean | BrokerTls | undefined
    readonly sasl?: BrokerSasl | undefined
  }
}

/** PEM of the trusted authorities and of the client certificate. */
export interface BrokerTls {
  readonly ca?: readonly BrokerSecret[] | undefined
  readonly key?: BrokerSecret | undefined
  readonly cert?: BrokerSecret | undefined
  readonly passphrase?: BrokerSecret | undefined
}

/** Mechanism and credentials of SASL. */
export type BrokerSasl = BrokerLogin | BrokerAwsKeys

/** A mechanism with user and password. */
export interface BrokerLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: BrokerSecret
  readonly password: BrokerSecret
}

/** The mechanism AWS. */
export interface BrokerAwsKeys {
  readonly mechanism: 'aws'
  readonly authorizationIdentity: BrokerSecret
  readonly accessKeyId: BrokerSecret
  readonly secretAccessKey: BrokerSecret
  readonly sessionToken?: BrokerSecret | undefined
}

/** A text that is printed as `[redacted]`. */
export interface BrokerSecret {
  reveal(): string
}
