import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Runtime } from '../../../src/ports/runtime.ts'
import { settle } from '../../../testing/simulation/settle.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { VirtualClock } from '../../../testing/simulation/virtual-clock.ts'

const TURN = Promise.resolve()

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await TURN
}

/** Work of many promise turns that calls its host every 100 turns. */
async function longWork(runtime: Runtime, calls: number): Promise<number> {
  for (let call = 0; call < calls; call++) {
    runtime.monotonic()
    await turns(100)
  }
  return runtime.wallClock()
}

describe('virtual clock', () => {
  test('timers run in the order of their instants, then in the order in which they were set', () => {
    const clock = new VirtualClock()
    const ran: string[] = []
    clock.after(5, () => ran.push('late'))
    clock.after(1, () => ran.push('first'))
    clock.after(1, () => ran.push('second'))
    clock.every(2, () => ran.push(`every ${clock.monotonic}`))
    while (clock.runNext(5));
    expect(ran).toEqual(['first', 'second', 'every 2', 'every 4', 'late'])
    expect([clock.monotonic, clock.timers]).toEqual([5, 1])
  })

  test('a wait that is no number is refused: its timer would be due for ever', () => {
    const clock = new VirtualClock()
    const refusal = new RangeError('set a timer: found NaN, expected milliseconds')
    expect(() => clock.after(Number.NaN, () => undefined)).toThrow(refusal)
    expect(() => clock.every(Number.NaN, () => undefined)).toThrow(refusal)
    expect(clock.timers).toBe(0)
  })

  test('a cancelled timer does not run, and a jump moves the wall clock alone', () => {
    const clock = new VirtualClock()
    const before = clock.wall
    const cancel = clock.after(1, () => expect.unreachable())
    cancel()
    clock.jump(-3_600_000)
    expect(clock.runNext(10)).toBe(false)
    expect([clock.monotonic, clock.wall - before]).toEqual([10, 10 - 3_600_000])
  })
})

describe('simulated runtime', () => {
  test('settle waits for work of any length that calls its host, and for no time', async () => {
    const runtime = simulatedRuntime()
    let done = false
    void longWork(runtime, 1_000).then(() => (done = true))
    await runtime.settle()
    expect(done).toBe(true)
    expect(runtime.monotonic()).toBe(0)
  })

  test('a timer finds the consequences of the one before it', async () => {
    const runtime = simulatedRuntime()
    const seen: string[] = []
    runtime.after(1, () => void longWork(runtime, 50).then(() => seen.push('consequence')))
    runtime.after(1, () => seen.push('next'))
    await runtime.advance(1)
    expect(seen).toEqual(['consequence', 'next'])
  })

  test('work that never waits for time is an error, not a hang', async () => {
    const runtime = simulatedRuntime()
    let isStopped = false
    const spin = async () => {
      while (!isStopped) {
        runtime.monotonic()
        await TURN
      }
    }
    void spin()
    await expect(runtime.advance(1)).rejects.toThrow('still active after 1000000 promise turns')
    isStopped = true
  })

  test('the same seed gives the same run, another seed another one', () => {
    const run = (seed: number) => {
      const runtime = simulatedRuntime(seed)
      return Array.from({ length: 5 }, () => runtime.random())
    }
    expect(run(7)).toEqual(run(7))
    expect(run(7)).not.toEqual(run(8))
  })

  test('work handed to waitUntil is awaited by `finished`, its failure included', async () => {
    const runtime = simulatedRuntime()
    let done = false
    runtime.waitUntil(turns(50).then(() => (done = true)))
    await runtime.finished()
    expect(done).toBe(true)
    runtime.waitUntil(Promise.reject(new Error('failed')))
    await expect(runtime.finished()).rejects.toThrow('failed')
  })

  test('settle without a runtime lets chains of some hundred turns end', async () => {
    let done = false
    void turns(400).then(() => (done = true))
    await settle()
    expect(done).toBe(true)
  })

  test('imports the core alone: neither a test runner nor a host', () => {
    const folder = new URL('../../../testing/simulation/', import.meta.url)
    const imports = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [...readFileSync(new URL(name, folder), 'utf8').matchAll(/from '([^']+)'/g)])
      .map(([, path = '']) => path)
    expect(imports.filter((path) => !/^(?:\.\/|\.\.\/\.\.\/src\/)/.test(path))).toEqual([])
  })
})
