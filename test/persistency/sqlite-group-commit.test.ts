import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { SqliteGroupCommit } from '../../adapters/persistency/sqlite/group-commit.ts'
import { birth, step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-sqlite-group-'))
afterAll(() => rmSync(folder, { recursive: true }))

const busy = (): Error => Object.assign(new Error('database is locked'), { errcode: 5 })
const broken = (): Error => Object.assign(new Error('database or disk is full'), { errcode: 13 })

function group(write: (items: readonly string[]) => readonly string[]): SqliteGroupCommit<string, string> {
  return new SqliteGroupCommit({ path: 'saga.db', random: () => 0, write })
}

describe('a slow write', () => {
  const write = async (milliseconds: number, count: number): Promise<readonly number[]> => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const groups: number[] = []
    const writer = group((items) => {
      groups.push(items.length)
      vi.advanceTimersByTime(milliseconds)
      return [...items]
    })
    await writer.add('first')
    const saves: Promise<string>[] = []
    for (let at = 0; at < 5; at++) {
      for (let one = 0; one < count; one++) saves.push(writer.add('a'))
      vi.advanceTimersByTime(10)
      await turn()
    }
    await Promise.all(saves)
    return groups.slice(1)
  }

  test('P16 saves of further turns share its next group, for a quarter of its time', async () => {
    expect(await write(200, 10)).toEqual([50])
    expect((await write(100, 10))[0]).toBeLessThan(50)
  })

  test('P16 a quick write, or a few saves, wait for no further turn', async () => {
    expect((await write(0, 10))[0]).toBe(10)
    expect((await write(200, 2))[0]).toBe(2)
  })
})

describe('a group that fails', () => {
  test('P20 a group that is not taken is repeated one by one before any verdict', async () => {
    const tried: string[] = []
    const writer = group((items) => {
      tried.push(items.join('+'))
      if (items.includes('poison')) throw broken()
      return items.map((item) => `${item} saved`)
    })
    const answers = await Promise.allSettled(['a', 'poison', 'b'].map((item) => writer.add(item)))
    expect(tried).toEqual(['a+poison+b', 'a', 'poison', 'b'])
    expect(answers).toEqual([
      { status: 'fulfilled', value: 'a saved' },
      { status: 'rejected', reason: expect.objectContaining({ code: 'store-unavailable', retryable: true }) },
      { status: 'fulfilled', value: 'b saved' },
    ])
    expect(String((answers[1] as PromiseRejectedResult).reason)).toContain('"saga.db": database or disk is full')
  })

  test('P22 saves on a busy file are tried again, in order, with those that came meanwhile', async () => {
    let times = 0
    const writer = group((items) => {
      if (times++ < 5) throw busy()
      return [...items]
    })
    const first = writer.add('a')
    await new Promise((resolve) => setTimeout(resolve, 3))
    expect(await Promise.all([first, writer.add('b')])).toEqual(['a', 'b'])
  })

  test('P22 a save on a busy file fails after some seconds', { timeout: 10_000 }, async () => {
    let times = 0
    const writer = group(() => {
      times++
      throw busy()
    })
    await expect(writer.add('a')).rejects.toMatchObject({ code: 'store-busy', retryable: true })
    expect(times).toBeGreaterThan(90)
    expect(times).toBeLessThan(2_000)
  })

  test('P22 a waiting save fails at once when the store is closed', async () => {
    const writer = group(() => {
      throw busy()
    })
    const answer = expect(writer.add('a')).rejects.toMatchObject({ code: 'store-busy' })
    writer.close()
    await answer
  })
})

describe('a real file', () => {
  test('P20 one save that SQLite refuses does not fail the others of its group', async () => {
    const path = join(folder, 'poison.db')
    const store = openSqlite({ path, random: Math.random })
    const tool = new DatabaseSync(path)
    tool.exec(`CREATE TRIGGER poison BEFORE INSERT ON sagas WHEN NEW.entity = 'poison'
               BEGIN SELECT RAISE(ABORT, 'poisoned'); END`)
    tool.close()
    const made = await create(store)
    const poison = birth({ entity: 'poison' })
    const [moved, failed, born] = await Promise.allSettled([
      move(store, made, 'reserved'),
      save(store, poison, 'absent'),
      create(store),
    ])
    expect([moved.status, failed.status, born.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(failed).toMatchObject({
      reason: { code: 'store-unavailable', message: expect.stringContaining('poisoned') },
    })
    expect(await store.load(poison.next.id)).toBeUndefined()
    expect(await store.probe()).toMatchObject({ ok: true })
    await store.close()
  })

  test('P22 while a tool holds the file, saves wait and timers run', async () => {
    const path = join(folder, 'busy.db')
    const store = openSqlite({ path, random: Math.random })
    const made = await create(store)
    const tool = new DatabaseSync(path)
    tool.prepare('BEGIN IMMEDIATE').run()
    let beats = 0
    const heart = setInterval(() => beats++, 5)
    const saved = save(store, step(made.saga, 'reserved'), made.basis)
    while (beats <= 5) await new Promise((resolve) => setTimeout(resolve, 5))
    expect((await store.load(made.saga.id))?.saga.state).toBe('open')
    tool.prepare('COMMIT').run()
    expect((await saved).kind).toBe('saved')
    clearInterval(heart)
    tool.close()
    await store.close()
  })
})
