import type { Kafka, RetryOptions } from 'kafkajs'
import type { Sockets } from './sockets.ts'
import type { StaleMembers } from './stale-members.ts'

/** One instance of kafkajs with its sockets. Each connection gets a new one: after a failure it is dropped, never reused. */
export interface KafkajsClient {
  readonly kafka: Kafka
  readonly sockets: Sockets
  readonly staleMembers: StaleMembers
}

/** Until a connection stands, TLS included. */
export const CONNECT_TIMEOUT = 5_000
/** Until a broker has answered. A request that waits at the broker, such as a join, gets its wait on top. */
export const REQUEST_TIMEOUT = 5_000
/** Age of metadata before they are fetched again: until then a partition without a leader is left out. */
export const METADATA_AGE = 30_000

/** Every field is given: under `NODE_ENV=test` kafkajs has other defaults. */
export type RetrySettings = Readonly<
  Required<Pick<RetryOptions, 'initialRetryTime' | 'maxRetryTime' | 'factor' | 'multiplier' | 'retries'>>
>
/** Two retries of a request, within 300 ms or so. */
export const RETRIES: RetrySettings = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  factor: 0.2,
  multiplier: 2,
  retries: 2,
}
/**
 * Some 4 s of retries for a group member: the other brokers notice a lost broker only when its session ends. Until then the member
 * reads on from the brokers that it reaches and keeps its place in the group.
 */
export const MEMBER_RETRIES: RetrySettings = { ...RETRIES, maxRetryTime: 500, retries: 9 }
