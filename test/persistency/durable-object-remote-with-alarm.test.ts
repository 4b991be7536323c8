import { describe, expect, test } from 'vitest'
import { remoteWithAlarm } from '../../adapters/persistency/durable-object/remote-with-alarm.ts'
import type { AlarmStorage } from '../../adapters/persistency/durable-object/remote-with-alarm.ts'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import type { Persistency, Saved } from '../../src/ports/persistency.ts'
import { amend, birth, LEASE, NOW } from '../../testing/contract/build.ts'
import { create, keep, move, note, save } from '../../testing/contract/saves.ts'

/** An object's storage that lists its calls in order, among the writes of the store. */
class Storage implements AlarmStorage {
  readonly done: string[] = []
  alarm: number | null = null
  readonly #values = new Map<string, string | number>()

  get = async (key: string): Promise<unknown> => this.#values.get(key)
  getAlarm = async (): Promise<number | null> => this.alarm
  async put(key: string, value: string | number): Promise<void> {
    this.done.push('put')
    this.#values.set(key, value)
  }
  async delete(key: string): Promise<boolean> {
    this.done.push('delete')
    return this.#values.delete(key)
  }
  async setAlarm(at: number): Promise<void> {
    this.done.push('alarm')
    this.alarm = at
  }
  async deleteAlarm(): Promise<void> {
    this.done.push('no alarm')
    this.alarm = null
  }
}

/** A store elsewhere: each `save` is listed too, and can be replaced. */
function begin(
  instead: (write: () => ReturnType<Persistency['save']>) => ReturnType<Persistency['save']> = (w) => w(),
) {
  const storage = new Storage()
  const store = memoryPersistency()
  const remote: Persistency = {
    ...bound(store),
    save(...written) {
      storage.done.push('write')
      return instead(() => store.save(...written))
    },
  }
  return { storage, store, lent: remoteWithAlarm(remote, storage) }
}

function bound(store: Persistency): Persistency {
  const { name, can } = store
  return {
    name,
    can,
    load: (id) => store.load(id),
    save: (...written) => store.save(...written),
    applied: (...asked) => store.applied(...asked),
    document: (id) => store.document(id),
    probe: () => store.probe(),
    close: () => store.close(),
  }
}

describe('an object with a remote store and an alarm of its own', () => {
  test('P19 recovery is by alarm; the store keeps its other capabilities', () => {
    const { lent, store } = begin()
    expect(lent.can).toEqual({ ...store.can, recovery: { by: 'alarm' } })
  })

  test('P19 the alarm is set before the write, for the end of the lease, and names its saga', async () => {
    const { lent, storage } = begin()
    const { saga } = await create(lent)
    expect(storage.done).toEqual(['put', 'alarm', 'write'])
    expect(storage.alarm).toBe(saga.due)
    expect(await lent.hostedSaga()).toBe(saga.id)
  })

  test('P19 a step writes here only where it is due before the alarm that is set', async () => {
    const { lent, storage } = begin()
    const made = await create(lent)
    storage.done.length = 0
    const moved = await move(lent, made, 'reserved')
    expect(storage.done).toEqual(['write'])
    const [debt] = moved.saga.owed
    await note(lent, moved, { tried: [{ id: debt?.id ?? '', attempts: 1, due: NOW + 1, started: true }] })
    expect(storage.alarm).toBe(NOW + 1)
  })

  test('I2 P6 a write of unknown fate keeps its alarm', async () => {
    const { lent, storage } = begin(() => Promise.reject(new Error('the answer is lost')))
    const born = birth()
    await expect(save(lent, born, 'absent')).rejects.toThrow('lost')
    await lent.arm(NOW - 1, NOW + 1_000)
    expect(storage.alarm).toBe(born.next.due)
  })

  describe('I9 a write of unknown fate that has not landed when the alarm looks', () => {
    const MINUTE = 60_000
    const lost = () => Promise.reject(new Error('the answer is lost'))

    /** The alarm looked, and no such saga exists. */
    async function looked() {
      const answers: (typeof lost)[] = [lost]
      const scene = begin((write) => (answers.shift() ?? write)())
      const born = birth()
      await expect(save(scene.lent, born, 'absent')).rejects.toThrow('lost')
      await scene.lent.load(born.next.id)
      await scene.lent.arm(NOW + LEASE, NOW + LEASE + 1_000)
      return { ...scene, born }
    }

    test('I9 a write of unknown fate is looked for again, also by a restarted object, and its debt has an alarm', async () => {
      const { store, storage, born } = await looked()
      expect(storage.alarm).toBe(NOW + LEASE + MINUTE)
      const again = remoteWithAlarm(store, storage)
      expect(await again.hostedSaga()).toBe(born.next.id)
      await save(store, born, 'absent') // late
      await again.load(born.next.id)
      await again.arm(NOW + MINUTE, NOW + MINUTE + 1_000)
      expect(storage.alarm).toBe(NOW + MINUTE + 1_000)
    })

    test('I9 but not for ever', async () => {
      const { lent, storage } = await looked()
      const until = NOW + 10 * MINUTE
      await lent.arm(until - 1, until + 1_000)
      expect(storage.alarm).toBe(until)
      await lent.arm(until, until + 1_000)
      expect([storage.alarm, await lent.hostedSaga(), await storage.get('until')]).toEqual([null, undefined, undefined])
    })

    test('P6 nor once the same change is saved', async () => {
      const { lent, storage, born } = await looked()
      const made = await keep(lent, born, 'absent')
      await note(lent, made, { settled: made.saga.owed.map(({ id }) => id) })
      await lent.arm(NOW + LEASE, NOW + MINUTE)
      expect([storage.alarm, await lent.hostedSaga(), await storage.get('until')]).toEqual([null, undefined, undefined])
    })
  })

  test('I9 without conditions a late write may still land after another one was saved', async () => {
    const answers = ['lost', 'unguarded']
    const { lent, storage } = begin(async (write) => {
      if (answers.shift() === 'lost') throw new Error('the answer is lost')
      return { ...(await write()), isUnguarded: true } as Saved
    })
    const born = birth()
    await expect(save(lent, born, 'absent')).rejects.toThrow('lost')
    const made = await keep(lent, born, 'absent')
    await note(lent, made, { settled: made.saga.owed.map(({ id }) => id) })
    await lent.arm(NOW + LEASE, NOW + LEASE + 1_000)
    expect(storage.alarm).not.toBeNull()
  })

  test('I9 a write that owes nothing may land at any time', async () => {
    let isLost = false
    const { lent, storage } = begin((write) => (isLost ? Promise.reject(new Error('lost')) : write()))
    const made = await create(lent)
    isLost = true
    const settled = amend(made.saga, { settled: made.saga.owed.map(({ id }) => id) })
    await expect(save(lent, settled, made.basis)).rejects.toThrow('lost')
    expect(await storage.get('until')).toBeUndefined()
  })

  test('I2 no alarm is removed during a write', async () => {
    const writing = Promise.withResolvers<void>()
    const { lent, storage } = begin(async (write) => {
      await writing.promise
      return write()
    })
    const creating = create(lent)
    await lent.arm(NOW, NOW + 1_000)
    writing.resolve()
    const { saga } = await creating
    expect(storage.alarm).toBe(saga.due)
    expect(await lent.hostedSaga()).toBe(saga.id)
  })

  test('P19 work that could not be done is retried later; without debts the object stores nothing', async () => {
    const { lent, storage } = begin()
    const made = await create(lent)
    await lent.arm(NOW + 2 * LEASE, NOW + 3 * LEASE)
    expect(storage.alarm).toBe(NOW + 3 * LEASE)
    await note(lent, made, { settled: made.saga.owed.map(({ id }) => id) })
    await lent.arm(NOW, NOW + 1_000)
    expect([storage.alarm, await lent.hostedSaga()]).toEqual([null, undefined])
  })

  test('I2 debts that another process left get an alarm as soon as they are read', async () => {
    const { store, storage } = begin()
    const { saga } = await create(store)
    const again = remoteWithAlarm(store, storage)
    await again.load(saga.id) // for a duplicate, which writes nothing
    expect([storage.alarm, await again.hostedSaga()]).toEqual([saga.due, saga.id])
    await again.arm(NOW - 1, NOW)
    expect(storage.alarm).toBe(saga.due)
  })

  test('P19 a read of a saga that owes nothing or does not exist stores nothing', async () => {
    const { store, storage } = begin()
    const made = await create(store)
    await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
    const again = remoteWithAlarm(store, storage)
    await again.load(made.saga.id)
    await again.load('nobody')
    expect(storage.done).toEqual([])
  })
})
