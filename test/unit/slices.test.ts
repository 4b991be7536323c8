import { expect, test } from 'vitest'
import { Slices } from '../../src/slices.ts'
import { settle } from '../../testing/simulation/settle.ts'

/** Slices on a clock that only the test moves; `work` is a slice that takes so long. */
function stage() {
  let now = 1_000
  const waits: { readonly ms: number; readonly end: () => void }[] = []
  const wait = (ms: number) => new Promise<void>((resolve) => void waits.push({ ms, end: resolve }))
  const slices = new Slices({ now: () => now, wait })
  const done: string[] = []
  const work = (name: string, takes: number) =>
    slices.run((isOver) => {
      for (let spent = 0; spent < takes && !isOver(); spent++) now++
      done.push(name)
    })
  const pass = async (ms: number) => {
    now += ms
    waits.shift()?.end()
    await settle()
  }
  return { slices, waits, done, work, pass }
}

test('I5 a slice is told when its time is over', async () => {
  const { work, done } = stage()
  await work('long', Number.POSITIVE_INFINITY)
  expect(done).toEqual(['long'])
})

test('I5 what follows a long slice waits for as long as that took', async () => {
  const { work, done, waits, pass } = stage()
  void work('one', 4)
  void work('two', 4)
  await settle()
  expect(done).toEqual(['one'])
  expect(waits.map(({ ms }) => ms)).toEqual([4])
  await pass(4)
  expect(done).toEqual(['one', 'two'])
})

test('I5 no pause is long, whatever a slice took', async () => {
  const { slices, waits, pass, work } = stage()
  void slices.run(() => pass(10_000))
  void work('next', 1)
  await settle()
  await settle()
  expect(waits.map(({ ms }) => ms)).toEqual([8])
})

test('I5 of many looks at once one slice goes at a time, and short ones count together', async () => {
  const { work, done, waits, pass } = stage()
  for (let look = 0; look < 10; look++) void work(String(look), 1)
  await settle()
  expect(done).toEqual(['0', '1', '2', '3'])
  expect(waits).toHaveLength(1)
  await pass(4)
  expect(done).toHaveLength(8)
})

test('I5 short looks with time in between never wait, nor does one after a pause of its own', async () => {
  const { work, waits, pass } = stage()
  for (let look = 0; look < 20; look++) {
    await work('short', 1)
    await pass(1)
  }
  await work('long', 4)
  await pass(4)
  await work('again', 4)
  expect(waits).toEqual([])
})

test('I5 a slice that throws is its own caller’s affair', async () => {
  const { slices, work, done } = stage()
  const failing = slices.run(() => {
    throw new Error('no')
  })
  const next = work('next', 1)
  await expect(failing).rejects.toThrow('no')
  await next
  expect(done).toEqual(['next'])
})
