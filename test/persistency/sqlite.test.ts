import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
const pathOf = () => join(folder, `${made}`, 'saga.db')
const open = () => openSqlite({ path: pathOf(), random: Math.random })

persistencyContract('sqlite', {
  open: async () => {
    made++
    return open()
  },
  reopen: async () => open(),
  spoil: async (id, how) => {
    const change = (sql: string) => {
      const tool = new DatabaseSync(pathOf())
      tool.exec(sql)
      tool.close()
    }
    change(
      `CREATE TABLE IF NOT EXISTS sound (id, head); INSERT INTO sound SELECT id, head FROM sagas WHERE id = '${id}'`,
    )
    const damaged = how === 'cut' ? 'substr(head, 1, 40)' : `'{"entity":7}'`
    change(`UPDATE sagas SET head = ${damaged} WHERE id = '${id}'`)
    return async () => change(`UPDATE sagas SET head = (SELECT head FROM sound WHERE id = '${id}') WHERE id = '${id}'`)
  },
  gaps: STORES.sqlite.gaps,
})
