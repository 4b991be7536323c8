import { describe, expect, test } from 'vitest'
import { Places } from '../../../adapters/channel/kafka/places.ts'
import { Watch } from '../../../adapters/channel/kafka/watch.ts'
import { assignmentOf } from '../../fakes/kafka.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const SESSION = 10_000
const STUCK = { kind: 'stuck', why: 'a broken row', lastWritten: 0 } as const

function stage() {
  const [runtime, places] = [simulatedRuntime(), new Places()]
  const watch = new Watch('channel "orders", group "flow"', SESSION, places, runtime)
  /** Why it does not do its work; none of that is a reason to start the process anew, which mends no broker. */
  const why = () => {
    expect(watch.alive()).toEqual({ ok: true })
    const health = watch.works()
    return health.ok ? undefined : health.why
  }
  const join = () => watch.joined(assignmentOf({ orders: [0, 1] }))
  return { runtime, watch, why, join, places, place: places.of('orders', 0) }
}

describe('C7 whether a consumer does its work', () => {
  test('it is once it has joined', () => {
    const { watch, join } = stage()
    join()
    expect([watch.works(), watch.isJoined]).toEqual([{ ok: true }, true])
  })

  test('it is not when the group is silent for longer than its session, and is again with the first word', async () => {
    const { runtime, watch, why, join } = stage()
    join()
    await runtime.advance(SESSION)
    expect(why()).toBeUndefined()
    await runtime.advance(1)
    expect(why()).toBe('channel "orders", group "flow": no word from the group for 10 s')
    watch.seen()
    expect(why()).toBeUndefined()
  })

  test('joining may take 70 s, not longer', async () => {
    const { runtime, watch, why } = stage()
    await runtime.advance(70_000)
    expect(why()).toBeUndefined()
    await runtime.advance(1_000)
    expect(why()).toMatch(/joining the group for 71 s/)
    watch.joining()
    expect(why()).toBeUndefined()
  })

  test('dividing the partitions anew is joining', async () => {
    const { runtime, watch, why, join } = stage()
    join()
    await runtime.advance(5_000)
    watch.joining()
    expect([watch.isJoined, watch.assignment.size]).toEqual([false, 0])
    await runtime.advance(69_000)
    expect(why()).toBeUndefined()
    await runtime.advance(2_000)
    expect(why()).toMatch(/joining/)
  })

  test('it is not when it is broken, nor while it begins anew', async () => {
    const { runtime, watch, why, join } = stage()
    join()
    watch.broken('the line broke')
    expect([why(), watch.assignment.size]).toEqual(['channel "orders", group "flow": the line broke', 0])
    watch.joining()
    await runtime.advance(5_000)
    expect(why()).toMatch(/the line broke/)
  })

  test('one that joins and breaks again and again is never well in between', async () => {
    const { runtime, watch, why, join } = stage()
    for (let times = 1; times <= 20; times++) {
      watch.joining()
      join()
      if (times > 1) expect(why()).toMatch(/the line broke/)
      await runtime.advance(3_000)
      watch.broken('the line broke')
      expect(why()).toMatch(/the line broke/)
    }
  })

  test('after that it is again with the first event that is settled, or when its group has answered once more', async () => {
    const { runtime, watch, why, join, places } = stage()
    watch.broken('the line broke')
    join()
    expect(why()).toMatch(/the line broke/)
    await runtime.advance(1)
    places.of('orders', 1).work(runtime.monotonic())
    expect(why()).toBeUndefined()
    watch.broken('the line broke')
    join()
    await runtime.advance(2_500)
    expect(why()).toMatch(/the line broke/)
    watch.seen()
    expect(why()).toBeUndefined()
  })

  test('one that stood still is not until that partition goes on, whatever the others do', async () => {
    const { runtime, watch, why, join, places, place } = stage()
    join()
    place.advance('5', [])
    const end = { topic: 'orders', partition: 0, offset: '6', begin: '0' }
    const beats = runtime.every(1_000, () => watch.seen())
    await runtime.advance(31_000)
    expect(watch.stalled([end])).toMatch(/no progress at orders\/0\/5/)
    watch.broken('it was ended')
    join()
    await runtime.advance(20_000)
    places.of('orders', 1).work(runtime.monotonic())
    expect(why()).toMatch(/no progress at orders\/0\/5/)
    place.work(runtime.monotonic())
    expect(why()).toBeUndefined()
    beats()
  })

  test('one that stood still is when others have that partition, or nothing waits there any more', async () => {
    for (const heal of ['others', 'nothing'] as const) {
      const { runtime, watch, why, join, place } = stage()
      join()
      place.advance('5', [])
      await runtime.advance(31_000)
      watch.stalled([{ topic: 'orders', partition: 0, offset: '6', begin: '0' }])
      watch.broken('it was ended')
      if (heal === 'others') watch.joined(assignmentOf({ orders: [1] }))
      else {
        join()
        watch.stalled([{ topic: 'orders', partition: 0, offset: '6', begin: '6' }])
      }
      expect(why()).toBeUndefined()
    }
  })

  test('P11 it is while a saga waits for a machine that knows its state: a new process would not know it either', () => {
    const { watch, why, join, place } = stage()
    join()
    place.advance('5', [])
    place.stuckAt('5', 'a broken row', 0)
    watch.stuck(place, { ...STUCK, isKept: false, isStranded: true })
    expect(why()).toBeUndefined()
    expect(watch.blocked).toMatch(/the event orders\/0\/5 cannot be written: a broken row/)
  })

  test('P22 it is while it may take nothing in: a new process would not know where it was', () => {
    const { watch, why, join } = stage()
    join()
    watch.divided = 'another member has partitions'
    expect(why()).toBeUndefined()
  })

  test('P20 a stuck event is named with its place, until it is done', () => {
    const { watch, why, join, place } = stage()
    join()
    place.advance('17', [])
    place.stuckAt('17', 'a broken row', 0)
    watch.stuck(place, STUCK)
    expect(why()).toMatch(/the event orders\/0\/17 cannot be written: a broken row/)
    place.advance('18', [])
    expect(why()).toBeUndefined()
  })

  test('one of two stuck events that is done leaves the other', () => {
    const { watch, why, join, place, places } = stage()
    join()
    for (const one of [place, places.of('orders', 1)]) {
      one.advance('5', [])
      one.stuckAt('5', 'a broken row', 0)
      watch.stuck(one, STUCK)
    }
    place.advance('6', [])
    expect(why()).toMatch(/orders\/1\/5/)
  })

  test('another generation forgets what was stuck: others may have it now', () => {
    const { watch, why, join, place } = stage()
    place.stuckAt('17', 'a broken row', 0)
    watch.stuck(place, STUCK)
    join()
    expect(why()).toBeUndefined()
  })
})

describe('C7 whether a consumer crashed for good', () => {
  const END = { topic: 'orders', partition: 0, offset: '6', begin: '0' }
  const alive = (watch: Watch) => {
    const health = watch.alive()
    return health.ok ? undefined : health.why
  }

  /** Joins, stands still with records waiting, and is ended for it. */
  async function standStill({ runtime, watch, join }: ReturnType<typeof stage>) {
    join()
    await runtime.advance(31_000)
    expect(watch.stalled([END])).toMatch(/no progress/)
    watch.broken('it was ended')
  }

  test('it has where it met what it cannot read, and says why, on both', () => {
    const { watch, join } = stage()
    join()
    watch.broken('a batch cannot be unpacked')
    expect(alive(watch)).toBeUndefined()
    watch.gone('a batch cannot be unpacked')
    expect(alive(watch)).toBe('channel "orders", group "flow": a batch cannot be unpacked')
    expect(watch.works()).toEqual(watch.alive())
  })

  test('it has when it stood still three times in a row, each time with new connections', async () => {
    const made = stage()
    made.place.advance('5', [])
    for (const times of [1, 2, 3]) {
      expect({ times, why: alive(made.watch) }).toEqual({ times, why: undefined })
      await standStill(made)
    }
    expect(alive(made.watch)).toMatch(/no progress at orders\/0\/5/)
    made.join()
    await made.runtime.advance(1)
    made.place.work(made.runtime.monotonic())
    expect(alive(made.watch)).toBeUndefined()
  })

  test('it has not when it settled something in between', async () => {
    const made = stage()
    made.place.advance('5', [])
    for (let times = 0; times < 5; times++) {
      await standStill(made)
      made.join()
      await made.runtime.advance(1)
      made.place.work(made.runtime.monotonic())
      expect(alive(made.watch)).toBeUndefined()
    }
  })
})

describe('whether the line is dead, whatever the library believes', () => {
  test('it is after two sessions without a word', async () => {
    const { runtime, watch, join } = stage()
    join()
    await runtime.advance(2 * SESSION)
    expect(watch.isSilent()).toBe(false)
    await runtime.advance(1)
    expect(watch.isSilent()).toBe(true)
    watch.seen()
    expect(watch.isSilent()).toBe(false)
  })

  test('it is when joining takes a session longer than it may', async () => {
    const { runtime, watch } = stage()
    await runtime.advance(80_000)
    expect(watch.isSilent()).toBe(false)
    await runtime.advance(1)
    expect(watch.isSilent()).toBe(true)
  })

  test('what is broken is not silent: it begins anew by itself', async () => {
    const { runtime, watch } = stage()
    watch.broken('the line broke')
    await runtime.advance(600_000)
    expect(watch.isSilent()).toBe(false)
  })
})
