import { expect, test } from 'vitest'
import { RequestLine } from '../../../workers/request-line.ts'

/** A line whose requests may wait for 250 ms, and the waits of those that left it. */
function open() {
  const line = new RequestLine(250)
  const left: number[] = []
  let now = 0
  /** Requests that come and begin in each of some steps of 10 ms. */
  const pass = (steps: number, { come, begin }: { come: number; begin: number }): number => {
    let refused = 0
    for (let at = 0; at < steps; at++) {
      now += 10
      line.look(8, now)
      line.begin(begin, now)
      for (let one = 0; one < come; one++) {
        if (line.isFull(now)) refused++
        else line.add({ since: now, begin: (waited) => void left.push(waited) })
      }
    }
    return refused
  }
  return { line, left, pass }
}

test('P16 a burst waits as long as it takes, and none of it is refused', () => {
  const { line, left, pass } = open()
  pass(1, { come: 1_000, begin: 0 })
  pass(190, { come: 0, begin: 10 })
  expect([left.length, line.length, line.isFull(2_000)]).toEqual([1_000, 0, false])
  expect(left).not.toContain(Number.POSITIVE_INFINITY)
})

test('P16 a line that stands holds as many as begin in time; each of them begins, and further ones are refused at their arrival', () => {
  const { line, left, pass } = open()
  pass(300, { come: 40, begin: 4 })
  while (line.length > 100) pass(1, { come: 40, begin: 4 })
  pass(100, { come: 40, begin: 4 })
  left.length = 0
  const refused = pass(500, { come: 40, begin: 4 })
  expect(refused).toBeGreaterThan(500 * 34)
  expect(left.filter((waited) => waited === Number.POSITIVE_INFINITY)).toEqual([])
  expect(left.length).toBe(500 * 4)
  expect(Math.max(...left)).toBeLessThanOrEqual(500)
})

test('P16 in a line that stands, requests that have waited twice as long as they may are refused, although none begins', () => {
  const { line, left, pass } = open()
  pass(230, { come: 2, begin: 0 })
  expect(line.length).toBeGreaterThan(0)
  pass(100, { come: 0, begin: 0 })
  expect(line.length).toBe(0)
  expect(new Set(left)).toEqual(new Set([Number.POSITIVE_INFINITY]))
})

test('P16 with short waits a line stands no longer', () => {
  const { line, pass } = open()
  pass(300, { come: 40, begin: 4 })
  expect(pass(50, { come: 40, begin: 4 })).toBeGreaterThan(0)
  while (line.length > 0) pass(1, { come: 0, begin: 4 })
  pass(200, { come: 0, begin: 4 })
  expect(pass(30, { come: 40, begin: 4 })).toBe(0)
})
