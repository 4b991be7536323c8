import { describe, expect, test } from 'vitest'
import { DraftTurns } from '../../../src/console/draft/draft-turns.ts'

/** A clock of which each pause is known; work takes time by `spend`. */
class Clock {
  now = 0
  readonly pauses: number[] = []
  readonly #waiting: { readonly at: number; readonly run: () => void }[] = []

  monotonic(): number {
    return this.now
  }

  after(wait: number, run: () => void): void {
    this.pauses.push(wait)
    this.#waiting.push({ at: this.now + wait, run })
  }

  /** Runs timers in their order until `ended` has settled. */
  async until<T>(ended: Promise<T>): Promise<T> {
    let isOver = false
    const over = () => void (isOver = true)
    void ended.then(over, over)
    for (;;) {
      for (let turns = 0; turns < 20; turns++) await Promise.resolve()
      if (isOver) return ended
      const next = this.#waiting.toSorted((one, other) => one.at - other.at)[0]
      if (next === undefined) throw new Error('nothing waits, and the work has not ended')
      this.#waiting.splice(this.#waiting.indexOf(next), 1)
      this.now = Math.max(this.now, next.at)
      next.run()
    }
  }
}

describe('turns of drafts', () => {
  test('work of a moment has no pause', async () => {
    const clock = new Clock()
    expect(await clock.until(new DraftTurns(clock).run(async (breathe) => breathe().then(() => 'done')))).toBe('done')
    expect(clock.pauses).toEqual([])
  })

  test('long work pauses after each slice, and a rest follows it', async () => {
    const clock = new Clock()
    const turns = new DraftTurns(clock)
    const work = async (breathe: () => Promise<void>): Promise<number> => {
      for (let steps = 0; steps < 30; steps++) {
        clock.now += 3
        await breathe()
      }
      return clock.now
    }
    const end = await clock.until(turns.run(work))
    expect(clock.pauses.length).toBe(10)
    expect(end).toBeTypeOf('number')
    expect(await clock.until(turns.run(async () => clock.now))).toBeGreaterThanOrEqual(4 * Number(end))
  })

  test('one at a time; a turn that fails ends', async () => {
    const clock = new Clock()
    const turns = new DraftTurns(clock)
    const order: string[] = []
    const work = (name: string) => async (breathe: () => Promise<void>) => {
      for (let steps = 0; steps < 3; steps++) {
        order.push(name)
        clock.now += 10
        await breathe()
      }
      if (name === 'a') throw new Error('a fails')
    }
    const [a, b] = [turns.run(work('a')), turns.run(work('b'))]
    await expect(clock.until(a)).rejects.toThrow('a fails')
    await clock.until(b)
    expect(order.join('')).toBe('aaabbb')
  })

  test('whoever waits for seconds is told so, and an abandoned turn ends by itself', async () => {
    const clock = new Clock()
    const turns = new DraftTurns(clock)
    const abandoned = turns.run(() => new Promise<never>(() => undefined))
    expect(await clock.until(turns.run(async () => 'next'))).toBe('next')
    expect(clock.now).toBe(2_000)
    void abandoned

    const busy = turns.run(async (breathe) => {
      for (let steps = 0; steps < 1_000; steps++) {
        clock.now += 10
        await breathe()
      }
    })
    expect(await clock.until(turns.run(async () => 'late'))).toBe('busy')
    await clock.until(busy)
  })
})
