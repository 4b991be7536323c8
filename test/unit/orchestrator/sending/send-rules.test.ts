import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { endOf, longestWaitOf, nextSendOf } from '../../../../src/orchestrator/sending/send-rules.ts'
import type { EndedSend, SendEnd } from '../../../../src/orchestrator/sending/send-rules.ts'
import type { ChannelRetry, Sent } from '../../../../src/ports/channel.ts'
import { DELIVERED, SILENT } from '../../../fakes/channel.ts'

const RETRY: ChannelRetry = { attempts: 20, firstWait: 200, longestWait: 60_000 }
const RETRYABLE = new Set([408, 425, 429])
const NOW = 1_900_000_000_000

function answered(status: number, more: object = {}): Sent {
  return { kind: 'rejected', status, retryable: status >= 500 || RETRYABLE.has(status), ...more }
}

function ended(sent: Sent, more: Partial<EndedSend> = {}): EndedSend {
  return { sent, attempts: 0, since: NOW, now: NOW, isRepeat: false, ...more }
}

describe('P15 the table of answers', () => {
  test.each<[string, Sent, SendEnd, SendEnd, SendEnd]>([
    ['a 2xx', DELIVERED, 'delivered', 'delivered', 'delivered'],
    ['a redirect', answered(302), 'again', 'given-up', 'given-up'],
    ['400', answered(400), 'again', 'given-up', 'given-up'],
    ['404', answered(404), 'again', 'given-up', 'given-up'],
    ['408', answered(408), 'again', 'again', 'again'],
    ['409', answered(409), 'again', 'given-up', 'delivered'],
    ['410', answered(410), 'again', 'given-up', 'delivered'],
    ['422', answered(422), 'again', 'given-up', 'given-up'],
    ['425', answered(425), 'again', 'again', 'again'],
    ['429', answered(429), 'again', 'again', 'again'],
    ['500', answered(500), 'again', 'again', 'again'],
    ['503', answered(503), 'again', 'again', 'again'],
    ['no answer', SILENT, 'again', 'again', 'again'],
  ])('P15 %s', (_, sent, without, first, repeat) => {
    expect(endOf(ended(sent, { isRepeat: true, attempts: 99, now: NOW + 1e12 }), undefined)).toBe(without)
    expect(endOf(ended(sent), RETRY)).toBe(first)
    expect(endOf(ended(sent, { isRepeat: true, attempts: 3 }), RETRY)).toBe(repeat)
  })

  test.each<[string, Sent, number, ChannelRetry, SendEnd]>([
    ['the last answer', answered(500), 19, RETRY, 'given-up'],
    ['the one before it', answered(500), 18, RETRY, 'again'],
    ['silence after all answers but one', SILENT, 19, RETRY, 'again'],
    ['silence with one attempt', SILENT, 0, { attempts: 1 }, 'given-up'],
    ['any answer with one attempt', answered(503), 0, { attempts: 1 }, 'given-up'],
    ['answers without a bound', answered(503), 999, {}, 'again'],
  ])('P15 %s', (_, sent, attempts, retry, expected) => {
    expect(endOf(ended(sent, { attempts }), retry)).toBe(expected)
  })

  test.each([SILENT, answered(503)])('P15 `giveUpAfter` counts silence too: %j', (sent) => {
    const retry = { ...RETRY, giveUpAfter: 60_000 }
    expect(endOf(ended(sent, { now: NOW + 59_999 }), retry)).toBe('again')
    expect(endOf(ended(sent, { now: NOW + 60_000 }), retry)).toBe('given-up')
    expect(endOf(ended(sent, { now: NOW - 1e12 }), retry)).toBe('again') // a clock that was set back
  })
})

describe('P15 the wait before the next send', () => {
  const next = (sent: Sent, retry: ChannelRetry | undefined, { age = 0, chance = 0.5 } = {}) =>
    nextSendOf({ sent, since: NOW - age, now: NOW, chance }, retry) - NOW

  test('C2.5a follows the age within the bounds of the channel', () => {
    const retry = { ...RETRY, firstWait: 1_000, longestWait: 8_000 }
    expect([0, 1_000, 4_000, 100_000].map((age) => next(SILENT, retry, { age, chance: 0.999_999 }))).toEqual([
      1_000, 1_000, 4_000, 8_000,
    ])
    expect(next(SILENT, retry, { chance: 0 })).toBe(500)
    expect(next(SILENT, undefined, { age: 1e9, chance: 0 })).toBe(30_000)
  })

  test.each([
    ['seconds', { retryAfter: 30_000 }, 30_000],
    ['a date', { retryAt: NOW + 30_000 }, 30_000],
    ['a date that has passed', { retryAt: NOW - 30_000 }, 100],
    ['an hour', { retryAfter: 3_600_000 }, DEFAULTS.retryAfter],
  ])('P15 is not shorter than the participant asks for, in %s', (_, asked, least) => {
    const waits = [0, 0.5, 0.999].map((chance) => next(answered(503, asked), RETRY, { chance }))
    expect(waits[0]).toBe(least)
    expect(Math.max(...waits)).toBeGreaterThan(least)
    expect(Math.max(...waits)).toBeLessThanOrEqual(longestWaitOf(RETRY))
  })

  test('P23 without `retry` a participant puts a command off by a minute at most', () => {
    expect(next(answered(429, { retryAfter: 3_600_000 }), undefined, { chance: 0 })).toBe(DEFAULTS.retryLongest)
    expect(longestWaitOf(undefined)).toBe(DEFAULTS.retryLongest + DEFAULTS.clockTolerance)
  })

  test('P15 a longest wait beyond ten minutes bounds `Retry-After` too', () => {
    const retry = { ...RETRY, longestWait: 7_200_000 }
    expect(next(answered(503, { retryAfter: 3_600_000 }), retry, { chance: 0 })).toBe(3_600_000)
  })

  test('P15 ends with `giveUpAfter`', () => {
    const retry = { ...RETRY, giveUpAfter: 60_000 }
    expect(next(answered(503, { retryAfter: 300_000 }), retry, { age: 50_000 })).toBe(10_000)
    expect(next(SILENT, retry, { age: 70_000 })).toBe(0)
  })
})
