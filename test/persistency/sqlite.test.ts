import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
const open = () => openSqlite({ path: join(folder, `${made}`, 'saga.db'), random: Math.random })

persistencyContract('sqlite', {
  open: async () => {
    made++
    return open()
  },
  reopen: async () => open(),
  gaps: STORES.sqlite.gaps,
})
