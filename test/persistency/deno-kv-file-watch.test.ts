import { mkdtempSync, renameSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { create } from '../../testing/contract/saves.ts'
import { denoBridge } from './deno-kv-bridge.ts'

const root = mkdtempSync(join(tmpdir(), 'batuta-deno-kv-place-'))
const bridge = denoBridge()
afterAll(async () => {
  await bridge.kill()
  rmSync(root, { recursive: true })
})

let made = 0
const fresh = (): string => join(root, `${++made}`, 'saga.kv')

const LOST: readonly (readonly [string, (path: string) => void, RegExp])[] = [
  ['removed', (path) => unlinkSync(path), /gone from this path/],
  ['moved', (path) => renameSync(path, `${path}.old`), /gone from this path/],
  ['replaced', (path) => (writeFileSync(`${path}.new`, 'x'), renameSync(`${path}.new`, path)), /another file/],
  ['in a folder that was removed', (path) => rmSync(join(path, '..'), { recursive: true }), /gone from this path/],
  ['emptied', (path) => truncateSync(path), /emptied/],
  ['without its log', (path) => unlinkSync(`${path}-wal`), /log was removed/],
]

test.each(LOST)('I1 no save is acknowledged in a file that was %s', async (_, befall, why) => {
  const path = fresh()
  const store = await bridge.open(path)
  const { saga } = await create(store)
  befall(path)
  const lost = { code: 'store-unavailable', message: expect.stringMatching(why) }
  for (let times = 0; times < 2; times++) await expect(create(store)).rejects.toMatchObject(lost)
  await expect(store.load(saga.id)).rejects.toMatchObject(lost)
  expect(await store.probe()).toEqual({ ok: false, why: expect.stringMatching(why) })
  await store.close()
})

test('files and folder are restricted to their owner, also existing ones', async () => {
  const path = fresh()
  await (await bridge.open(path)).close()
  const mode = (name: string) => (statSync(name).mode & 0o777).toString(8)
  expect([mode(join(path, '..')), mode(path)]).toEqual(['700', '600'])
  chmodSync(path, 0o644)
  const store = await bridge.open(path)
  await create(store)
  expect(['', '-wal', '-shm'].map((suffix) => mode(path + suffix))).toEqual(['600', '600', '600'])
  await store.close()
})

test('P20 the probe’s write passes every index and leaves nothing', async () => {
  const path = fresh()
  const store = await bridge.open(path)
  expect(await store.probe()).toMatchObject({ ok: true, hasWritten: true })
  const { recovery, list } = store.can
  if (recovery.by !== 'sweep' || list === false) return expect.unreachable()
  expect(await recovery.findDue(Number.MAX_SAFE_INTEGER, 10)).toEqual([])
  expect(await list.page({ limit: 10 })).toEqual({ items: [], unreadable: [] })
  await store.close()
})
