import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { openSqliteToRead } from '../../adapters/persistency/sqlite/reading.ts'
import { MIGRATIONS } from '../../adapters/persistency/sqlite/schema.ts'
import { birth, fresh } from '../../testing/contract/build.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-reading-'))
afterAll(() => rmSync(folder, { recursive: true }))

const open = (path: string) => openSqlite({ path, random: () => 0.5 })

describe('a SQLite file that is read beside its owner', () => {
  test('P22 the reader sees what the owner writes, takes no lock and ends no lease', async () => {
    const path = join(folder, 'shared.sqlite')
    const owner = open(path)
    const reader = openSqliteToRead(path)
    expect(await reader.page({ limit: 10 })).toEqual({ items: [], unreadable: [], next: undefined })
    const { change, next } = birth()
    expect(await owner.save(change, next, 'absent')).toMatchObject({ kind: 'saved' })
    expect((await reader.page({ limit: 10 })).items.map(({ id }) => id)).toEqual([next.id])
    expect(await reader.document(next.id)).toEqual(await owner.document(next.id))
    expect(await reader.document('nobody')).toBeUndefined()
    expect((await owner.load(next.id))?.saga.due).toBe(next.due)
    await reader.close()
    expect(await owner.probe()).toMatchObject({ ok: true })
    await owner.close()
    const later = openSqliteToRead(path)
    expect((await later.page({ limit: 10 })).items).toHaveLength(1)
    await later.close()
    await open(path).close()
  })

  test('P20 a damaged saga is named, and the others are read', async () => {
    const path = join(folder, 'damaged.sqlite')
    const owner = open(path)
    const sagas = [birth(), birth()]
    for (const { change, next } of sagas) await owner.save(change, next, 'absent')
    await owner.close()
    const [bad, good] = sagas.map(({ next }) => next.id)
    const db = new DatabaseSync(path)
    db.prepare("UPDATE sagas SET head = 'x' WHERE id = ?").run(bad ?? '')
    db.close()
    const reader = openSqliteToRead(path)
    const { items, unreadable } = await reader.page({ limit: 10 })
    expect([items.map(({ id }) => id), unreadable?.map(({ id }) => id)]).toEqual([[good], [bad]])
    await expect(reader.document(bad ?? '')).rejects.toMatchObject({ code: 'saga-unreadable' })
    await reader.close()
  })

  test('no file, another program or an older version: the reason, and nothing is made or migrated', () => {
    const nowhere = join(folder, 'nowhere.sqlite')
    expect(() => openSqliteToRead(nowhere)).toThrow(/there is no such file/)
    const text = join(folder, 'text')
    writeFileSync(
      text,
      'not a database at all, and longer than a header of SQLite, which has a hundred bytes: '.repeat(3),
    )
    expect(() => openSqliteToRead(text)).toThrow(/^open the store ".*text": .*not a database/)
    const foreign = join(folder, `${fresh('foreign')}.sqlite`)
    const db = new DatabaseSync(foreign)
    db.exec('CREATE TABLE other (id INTEGER)')
    expect(() => openSqliteToRead(foreign)).toThrow(/found the database of another program/)
    db.close()
    const old = join(folder, 'old.sqlite')
    const before = new DatabaseSync(old)
    before.exec(`${MIGRATIONS[0]}; PRAGMA application_id = 0x42415455; PRAGMA user_version = 1`)
    expect(() => openSqliteToRead(old)).toThrow(/expected schema version \d+, which a start makes, found version 1/)
    expect(before.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
    before.close()
  })
})
