import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll } from 'vitest'
import { openSqlite } from '../../../adapters/persistency/sqlite.ts'
import { faultContract } from '../../../testing/contract/faults.ts'
import type { StoreLink, Reached } from '../../../testing/contract/faults/link.ts'
import { STORES } from '../../../testing/stores.ts'
import { replaceable } from '../replaceable.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-sqlite-faults-'))
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0

faultContract('sqlite', {
  open: async (): Promise<Reached> => {
    const path = join(folder, `${++made}.db`)
    const open = () => openSqlite({ path, random: Math.random })
    const { store, put } = replaceable(open())
    const tool = new DatabaseSync(path)
    const restart = async () => {
      await store.close()
      put(open())
    }
    return {
      store,
      line: { ...heldBy(tool), restart },
      another: async () => open(),
      close: async () => tool.close(),
    }
  },
  // A save is tried for five seconds while another process holds the file.
  patience: 8_000,
  readsWhileFrozen: 'readers of a write-ahead log wait for no writer',
  gaps: STORES.sqlite.gaps,
})

/** A tool that holds the file until released, or for a moment. */
function heldBy(tool: DatabaseSync): Pick<StoreLink, 'freeze' | 'thaw' | 'slow'> {
  const hold = () => tool.exec('BEGIN IMMEDIATE')
  const letGo = () => tool.exec('ROLLBACK')
  return {
    freeze: hold,
    thaw: letGo,
    slow: (ms) => {
      if (ms === 0) return
      hold()
      setTimeout(letGo, ms)
    },
  }
}
