import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync } from 'node:fs'
import { chmodSync, linkSync, mkdtempSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { create } from '../../testing/contract/saves.ts'
import { linesOf } from './lines.ts'
import { Owner, RUNTIMES } from './sqlite-owner.ts'

const THIEF = join(import.meta.dirname, 'sqlite-thief.child.ts')
const deferred = () => Promise.withResolvers<string>()

const root = mkdtempSync(join(tmpdir(), 'batuta-sqlite-place-'))
afterAll(() => rmSync(root, { recursive: true }))

let made = 0
/** A path in a folder that does not exist yet. */
const fresh = (): string => join(root, `${++made}`, 'saga.db')

/** Faults of a file under a running service, and the message of each. */
const LOST: readonly (readonly [string, (path: string) => void, RegExp])[] = [
  ['removed', (path) => unlinkSync(path), /gone from this path/],
  ['moved', (path) => renameSync(path, `${path}.old`), /gone from this path/],
  [
    'replaced by a copy',
    (path) => (copyFileSync(path, `${path}.new`), renameSync(`${path}.new`, path)),
    /another file/,
  ],
  ['in a folder that was moved', (path) => renameSync(join(path, '..'), join(path, '../../moved')), /gone from/],
  ['in a folder that was removed', (path) => rmSync(join(path, '..'), { recursive: true }), /gone from this path/],
  ['emptied', (path) => truncateSync(path), /overwritten/],
  ['overwritten by something else', (path) => writeFileSync(path, 'x'.repeat(500_000)), /overwritten/],
  ['without its log', (path) => unlinkSync(`${path}-wal`), /-wal" was removed or replaced/],
]

describe.each(RUNTIMES)('on %s', (_, command) => {
  const own = async (path: string): Promise<Owner> => {
    const owner = new Owner(command, path)
    onTestFinished(() => owner.kill())
    expect(await owner.opened).toEqual({ ok: true })
    return owner
  }
  const refused = async (path: string): Promise<unknown> => {
    const owner = new Owner(command, path)
    onTestFinished(() => owner.kill())
    return (await owner.opened).code
  }

  test.each(LOST)('I1 no save is acknowledged in a file that was %s', async (_, befall, why) => {
    rmSync(join(root, 'moved'), { recursive: true, force: true })
    const path = fresh()
    const owner = await own(path)
    expect(await owner.write()).toEqual({ ok: true })
    befall(path)
    for (let times = 0; times < 2; times++) {
      expect(await owner.write()).toEqual({ ok: false, code: 'store-unavailable', why: expect.stringMatching(why) })
    }
  })

  test('P12 a file has one owner under all of its names', async () => {
    const path = fresh()
    const link = join(root, `${made}-link.db`)
    symlinkSync(path, link) // a dangling link: the first opener creates its target
    mkdirSync(join(path, '..'))
    const owner = await own(link)
    expect(await refused(path)).toBe('store-busy')
    expect(await refused(link)).toBe('store-busy')
    const hard = join(root, `${made}-hard.db`)
    linkSync(path, hard)
    expect(await refused(hard)).toBe('store-unusable')
    expect(await owner.write()).toEqual({ ok: true })
    await owner.kill()
    await own(path) // the lock of a killed process is gone, and the other name blocks nothing
  })

  test('P12 a removed lock file is restored, and the owner stays the owner', async () => {
    const path = fresh()
    const owner = await own(path)
    unlinkSync(`${path}-lock`)
    expect(await refused(path)).toBe('store-busy')
    expect(await owner.write()).toEqual({ ok: true })
  })

  test('P12 of two processes that start at the same moment one is the owner', async () => {
    const path = fresh()
    const both = [new Owner(command, path), new Owner(command, path)]
    onTestFinished(async () => void (await Promise.all(both.map((one) => one.kill()))))
    const told = await Promise.all(both.map((one) => one.opened))
    expect(new Set(told.map(({ ok, code }) => (ok ? 'open' : code)))).toEqual(new Set(['open', 'store-busy']))
  })

  test('files and folder are restricted to their owner, also existing ones', async () => {
    const path = fresh()
    await (await own(path)).kill()
    expect(modes(path)).toEqual({ '..': '700', '': '600', '-wal': '600', '-shm': '600', '-lock': '600' })
    for (const suffix of ['', '-wal', '-shm', '-lock']) chmodSync(path + suffix, 0o644)
    chmodSync(join(path, '..'), 0o755) // may belong to another user
    await own(path)
    expect(modes(path)).toEqual({ '..': '755', '': '600', '-wal': '600', '-shm': '600', '-lock': '600' })
  })
})

describe('a lost file', () => {
  const open = (path: string) => openSqlite({ path, random: Math.random })

  test('I1 P20 a lost file fails reads, lists and probes, and is logged once', async () => {
    const path = fresh()
    const said: string[] = []
    const log = { write: (code: string) => void said.push(code) }
    const store = openSqlite({ path, random: Math.random, log })
    const { saga } = await create(store)
    renameSync(path, `${path}.away`)
    await expect(store.load(saga.id)).rejects.toMatchObject({ code: 'store-unavailable' })
    renameSync(`${path}.away`, path)
    // Never reopened and never trusted again.
    await expect(store.applied(saga.id, 'event', 'label')).rejects.toMatchObject({ code: 'store-unavailable' })
    await expect(create(store)).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(await store.probe()).toEqual({ ok: false, why: expect.stringContaining('until a restart') })
    expect(said).toEqual(['store.replaced'])
    await store.close()
  })

  test('I1 a file that was moved is complete after the service has ended', async () => {
    const path = fresh()
    const store = open(path)
    const { saga } = await create(store)
    renameSync(path, `${path}.moved`)
    await expect(create(store)).rejects.toThrow('gone from this path')
    await store.close()
    expect(statSync(`${path}-wal`).size).toBe(0)
    const moved = open(`${path}.moved`)
    expect((await moved.load(saga.id))?.saga.id).toBe(saga.id)
    await moved.close()
  })

  test('I1 a file whose log was removed has every acknowledged step', async () => {
    const path = fresh()
    const store = open(path)
    const { saga } = await create(store)
    unlinkSync(`${path}-wal`)
    expect((await store.probe()).ok).toBe(false)
    await store.close()
    const again = open(path)
    expect((await again.load(saga.id))?.saga.id).toBe(saga.id)
    await again.close()
  })

  test('a file that took its place is left as it is', async () => {
    const [path, other] = [fresh(), fresh()]
    const [store, theirs] = [open(path), open(other)]
    const { saga } = await create(theirs)
    await theirs.close()
    await create(store)
    renameSync(other, path)
    expect((await store.probe()).ok).toBe(false)
    const before = readFileSync(path)
    await store.close()
    expect(readFileSync(path).equals(before)).toBe(true)
    const again = open(path)
    expect((await again.load(saga.id))?.saga.id).toBe(saga.id)
    await again.close()
  })

  test('I1 a link that leads somewhere else', async () => {
    const path = fresh()
    const link = join(root, `${made}-retargeted.db`)
    symlinkSync(path, link)
    mkdirSync(join(path, '..'))
    const store = open(link)
    await create(store)
    writeFileSync(`${path}.other`, '')
    unlinkSync(link)
    symlinkSync(`${path}.other`, link)
    await expect(create(store)).rejects.toThrow('another file is at this path')
    await store.close()
  })

  test('P12 an owner whose lock another process has taken stops writing', async () => {
    const path = fresh()
    const store = open(path)
    unlinkSync(`${path}-lock`)
    const thief = new DatabaseSync(`${path}-lock`)
    thief.prepare('BEGIN EXCLUSIVE').run()
    await expect(create(store)).rejects.toThrow('another process has become its owner')
    thief.close()
    expect((await store.probe()).ok).toBe(false)
    await store.close()
  })

  test('P12 a lock file has its lock before it has its name', async () => {
    const path = fresh()
    const store = open(path)
    for (let times = 0; times < 10; times++) {
      unlinkSync(`${path}-lock`)
      const [outcome, isReady] = [deferred(), deferred()]
      const thief = spawn(process.execPath, [THIEF, `${path}-lock`], { stdio: ['ignore', 'pipe', 'inherit'] })
      onTestFinished(() => void thief.kill('SIGKILL'))
      linesOf(thief.stdout, (line) => (line === 'ready' ? isReady : outcome).resolve(line))
      await isReady.promise
      expect((await store.probe()).ok).toBe(true)
      expect(await outcome.promise).toBe('refused')
    }
    await store.close()
    expect(readdirSync(join(path, '..')).filter((name) => name.includes('-lock'))).toEqual(['saga.db-lock'])
  })

  test('a tool’s checkpoint, backup or VACUUM is no loss', async () => {
    const path = fresh()
    const store = open(path)
    await Promise.all(Array.from({ length: 200 }, () => create(store)))
    const tool = new DatabaseSync(path)
    tool.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(await store.probe()).toMatchObject({ ok: true })
    tool.exec("DELETE FROM history; VACUUM; PRAGMA wal_checkpoint(TRUNCATE); VACUUM INTO '" + `${path}.backup'`)
    tool.close()
    expect(await store.probe()).toMatchObject({ ok: true })
    await create(store)
    await store.close()
  })
})

function modes(path: string): Readonly<Record<string, string>> {
  const mode = (name: string) => (statSync(name).mode & 0o777).toString(8)
  const files = ['', '-wal', '-shm', '-lock'].map((suffix) => [suffix, mode(path + suffix)])
  return Object.fromEntries([['..', mode(join(path, '..'))], ...files])
}
