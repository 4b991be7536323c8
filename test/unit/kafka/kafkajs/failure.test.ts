import { describe, expect, test } from 'vitest'
import { driverFailure, isRebalance } from '../../../../adapters/channel/kafka/kafkajs/failure.ts'
import { BatutaError } from '../../../../src/errors.ts'

/** An error of kafkajs: a name, a broker's type or a socket's code, and a cause. */
function thrown(message: string, fields: Record<string, unknown> = {}): Error {
  return Object.assign(new Error(message), fields)
}

/** The error of kafkajs after its last retry. */
const givenUp = (cause: Error) =>
  thrown('number of retries exceeded', { name: 'KafkaJSNumberOfRetriesExceeded', originalError: cause, cause })

describe('C3.1 answers of a broker', () => {
  test.each([
    ['MESSAGE_TOO_LARGE', 'message-too-large'],
    ['RECORD_LIST_TOO_LARGE', 'message-too-large'],
    ['INVALID_RECORD', 'message-refused'],
    ['INVALID_SESSION_TIMEOUT', 'broker-refused'],
    ['INVALID_GROUP_ID', 'broker-refused'],
    ['INCONSISTENT_GROUP_PROTOCOL', 'broker-refused'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'topic-missing'],
    ['INVALID_TOPIC_EXCEPTION', 'topic-missing'],
    ['TOPIC_AUTHORIZATION_FAILED', 'broker-refused'],
    ['GROUP_AUTHORIZATION_FAILED', 'broker-refused'],
    ['CLUSTER_AUTHORIZATION_FAILED', 'broker-refused'],
    ['SASL_AUTHENTICATION_FAILED', 'broker-refused'],
    ['UNSUPPORTED_SASL_MECHANISM', 'broker-refused'],
    ['NOT_LEADER_FOR_PARTITION', 'broker-unreachable'],
    ['REQUEST_TIMED_OUT', 'broker-unreachable'],
  ])('%s is %s', (type, code) => {
    const made = driverFailure('send', thrown('the broker said so', { name: 'KafkaJSProtocolError', type, code: 10 }))
    expect(made).toMatchObject({ code, message: 'send: the broker said so' })
  })
})

test.each([
  ['KafkaJSSASLAuthenticationError', 'broker-refused'],
  ['KafkaJSNotImplemented', 'records-unreadable'],
  ['KafkaJSUnsupportedMagicByteInMessageSet', 'records-unreadable'],
  ['RecordsUnreadable', 'records-unreadable'],
  ['KafkaJSConnectionError', 'broker-unreachable'],
])('%s is recognised by its name: %s', (name, code) => {
  expect(driverFailure('read', thrown('so it is', { name })).code).toBe(code)
})

test.each([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'EPROTO',
])('%s is a refused certificate, and not retryable', (code) => {
  const made = driverFailure('connect', givenUp(thrown('Connection error', { name: 'KafkaJSConnectionError', code })))
  expect([made.code, made.retryable]).toEqual(['broker-refused', false])
})

test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT'])('%s is an unreachable broker', (code) => {
  const made = driverFailure('connect', thrown('Connection error', { name: 'KafkaJSConnectionError', code }))
  expect([made.code, made.retryable]).toEqual(['broker-unreachable', true])
})

test('the innermost cause counts, and its sentence is in the message', () => {
  const inner = thrown('not authorised to read', { name: 'KafkaJSProtocolError', type: 'GROUP_AUTHORIZATION_FAILED' })
  const made = driverFailure(
    'join',
    givenUp(thrown('non-retriable', { name: 'KafkaJSNonRetriableError', cause: inner })),
  )
  expect(made).toMatchObject({ code: 'broker-refused', message: 'join: not authorised to read' })
})

test('a cyclic cause does not hang', () => {
  const round = thrown('round and round')
  round.cause = round
  expect(driverFailure('join', round).code).toBe('broker-unreachable')
})

test('a BatutaError stays as it is', () => {
  const own = new BatutaError('source-refused', 'another member')
  expect(driverFailure('join', own)).toBe(own)
})

test('only the innermost sentence is in the message: other fields may hold a secret', () => {
  const error = thrown('Connection error', {
    broker: 'kafka.internal:9092',
    sasl: { username: 'batuta', password: 'hunter2' },
    config: { password: 'hunter2' },
  })
  const made = driverFailure('connect', givenUp(error))
  expect(made.message).toBe('connect: Connection error')
})

test('a thrown text is in the message', () => {
  expect(driverFailure('send', 'broken').message).toBe('send: broken')
})

describe('a rebalance', () => {
  test.each([
    'REBALANCE_IN_PROGRESS',
    'ILLEGAL_GENERATION',
    'UNKNOWN_MEMBER_ID',
    'NOT_COORDINATOR_FOR_GROUP',
    'FENCED_INSTANCE_ID',
  ])('is %s, at any depth of causes', (type) => {
    const error = thrown('the group is rebalancing', { name: 'KafkaJSProtocolError', type })
    expect(isRebalance(error)).toBe(true)
    expect(isRebalance(givenUp(error))).toBe(true)
    expect(isRebalance(driverFailure('commit', error))).toBe(true)
  })

  test('is no other error', () => {
    expect(isRebalance(thrown('no', { type: 'GROUP_AUTHORIZATION_FAILED' }))).toBe(false)
    expect(isRebalance(new BatutaError('broker-unreachable', 'no'))).toBe(false)
  })
})
