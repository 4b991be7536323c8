import { expect, test } from 'vitest'
import { StandingQueue } from '../../../src/http/standing-queue.ts'

function open() {
  let now = 0
  const queue = new StandingQueue({ monotonic: () => now }, { long: 500, short: 125 })
  return { queue, pass: (milliseconds: number) => void (now += milliseconds) }
}

test('P16 a burst whose waits are long for less than two seconds is carried out', () => {
  const { queue, pass } = open()
  for (let at = 0; at < 19; at++) {
    expect(queue.isTooLong(600 + 100 * at)).toBe(false)
    pass(100)
  }
  expect(queue.isTooLong(10)).toBe(false)
  pass(1_000)
  expect(queue.isTooLong(600)).toBe(false)
})

test('P16 in a standing queue long waits are refused, until one is short', () => {
  const { queue, pass } = open()
  queue.isTooLong(600)
  pass(2_000)
  expect([600, 500, 501, 400].map((waited) => queue.isTooLong(waited))).toEqual([true, false, true, false])
  expect([125, 600].map((waited) => queue.isTooLong(waited))).toEqual([false, false])
})

test('P16 a queue that is full takes no request', () => {
  expect(open().queue.isTooLong(Number.POSITIVE_INFINITY)).toBe(true)
})
