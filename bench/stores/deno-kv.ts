import { denoKvPersistency } from '../../adapters/persistency/deno-kv.ts'
import { KEYS } from '../../adapters/persistency/deno-kv/keys.ts'
import type { Kv } from '../../adapters/persistency/deno-kv/kv.ts'
import { encodeSave } from '../../adapters/persistency/deno-kv/encode.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { Recorded } from './load.ts'
import { at, refused } from './subject.ts'
import type { BareWriter, Revision, StoreSubject } from './subject.ts'

declare const Deno: { openKv(path: string): Promise<Kv> }

/** Deno KV over a file. Bare: one atomic commit a write, of the saga's rows without the indexes, checked against its head. */
export async function openDenoKvSubject(
  address: string,
  _: Runtime,
  recorded: readonly Recorded[],
): Promise<StoreSubject> {
  const store = denoKvPersistency(await Deno.openKv(address))
  const kv = await Deno.openKv(`${address}-bare`)
  return {
    store,
    bare: bareOf(kv, recorded),
    async close() {
      await store.close()
      kv.close()
    },
  }
}

/** The first mutations of a write (head, metadata, history, event), and the position of the saga's id in their keys. */
const ROWS = 4
const AFTER_ID = KEYS.saga('').length

function bareOf(kv: Kv, recorded: readonly Recorded[]): BareWriter {
  const rows = recorded.map(({ change, next }) => {
    const write = encodeSave(change, next, 'absent')
    if ('limit' in write) throw new TypeError('the load is too large')
    return write.sets.slice(0, ROWS).map(([key, value]) => ({ part: key.slice(AFTER_ID), value }))
  })
  const write = async (id: string, number: number, versionstamp: string | null): Promise<Revision> => {
    const atomic = kv.atomic().check({ key: KEYS.head(id), versionstamp })
    for (const { part, value } of at(rows, number)) atomic.set([...KEYS.saga(id), ...part], value)
    const done = await atomic.commit()
    if (!done.ok) throw refused('commit', done)
    return done.versionstamp
  }
  return {
    create: (id) => write(id, 0, null),
    write: (id, number, before = '') => write(id, number, before),
  }
}
