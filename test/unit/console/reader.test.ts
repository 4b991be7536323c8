import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pauseAfter } from '../../../pages/console/live/pace.ts'
import { Reader, type Told } from '../../../pages/console/live/reader.ts'

interface Answering {
  readonly status?: number
  readonly body: unknown
  /** Milliseconds. */
  readonly takes?: number
}

let answering: Answering = { body: 0 }
let asked = 0

beforeEach(() => {
  vi.useFakeTimers()
  asked = 0
  vi.stubGlobal('document', { hidden: false, addEventListener: vi.fn(), removeEventListener: vi.fn() })
  vi.stubGlobal('sessionStorage', { getItem: () => null })
  vi.stubGlobal('fetch', async () => {
    const { body, status = 200, takes = 0 } = answering
    asked++
    if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes))
    // Its body is read without the real turns of the event loop that a `Response` takes.
    const text = () => Promise.resolve(JSON.stringify(body))
    return { status, ok: status === 200, headers: new Headers(), text }
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A reader that has had its first answer, and everything that it has told since. */
async function reading(first: Answering, { isOnce = false } = {}): Promise<Told<unknown>[]> {
  const told: Told<unknown>[] = []
  answering = first
  new Reader({ path: 'console/file', every: isOnce ? undefined : 1_000, asText: false }, (one) => told.push(one)).read()
  await vi.advanceTimersByTimeAsync(first.takes ?? 0)
  expect(told).toHaveLength(1)
  return told
}

describe('reads of the console', () => {
  test('a read of 1.7 s on a busy machine is repeated after 10 s', async () => {
    const told = await reading({ body: 'old', takes: 1_700 })
    answering = { body: 'new' }
    await vi.advanceTimersByTimeAsync(9_999)
    expect(told).toEqual([{ data: 'old' }])
    await vi.advanceTimersByTimeAsync(1)
    expect(told.at(-1)).toEqual({ data: 'new' })
  })

  test.each([429, 502, 503, 504])('after a %d the data stay, and 2 s later they are read again', async (status) => {
    const told = await reading({ body: 'old' })
    answering = { status, body: { message: 'busy' } }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(told.at(-1)).toEqual({ data: 'old', refused: { status, text: `${status}: busy` } })
    answering = { body: 'old' }
    await vi.advanceTimersByTimeAsync(1_999)
    expect(told).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(told.at(-1), 'the refusal is over, though the data are the same').toEqual({ data: 'old' })
    expect(told).toHaveLength(3)
  })

  test('a read that happens once is tried again while it is refused for now', async () => {
    const told = await reading({ status: 503, body: { message: 'busy' } }, { isOnce: true })
    answering = { body: 'there' }
    await vi.advanceTimersByTimeAsync(2_000)
    expect(told.at(-1)).toEqual({ data: 'there' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toBe(2)
  })

  test.each([401, 404, 501])('a %d lasts: nothing is read again', async (status) => {
    await reading({ status, body: {} })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toBe(1)
  })

  test('the same answer is told once', async () => {
    const told = await reading({ body: ['same'] })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(asked).toBeGreaterThan(4)
    expect(told).toHaveLength(1)
  })
})

test.each([
  [0, 1_000],
  [40, 1_000],
  [200, 4_000],
  [60_000, 10_000],
])('a read that took %d ms waits for %d ms', (took, wait) => {
  expect(pauseAfter(took, { every: 1_000, share: 20, longest: 10_000 })).toBe(wait)
})
