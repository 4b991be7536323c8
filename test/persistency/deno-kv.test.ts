import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openDenoKv } from '../../adapters/persistency/deno-kv.ts'
import { RESTING } from '../../src/codec/due-order.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { fresh, NOW, step } from '../../testing/contract/build.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { STORES } from '../../testing/stores.ts'
import { denoBridge } from './deno-kv-bridge.ts'
import type { KvEntries } from './deno-kv-bridge.ts'
import { buryUntilFull } from '../../testing/contract/full-of-letters.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-deno-kv-'))
const bridge = denoBridge()
afterAll(async () => {
  await bridge.kill()
  rmSync(folder, { recursive: true })
})

let files = 0
const open = () => bridge.open(join(folder, `${files}`, 'saga.kv'))
const fresher = () => (files++, open())

persistencyContract('deno-kv', {
  open: fresher,
  reopen: open,
  spoil: (id, how) => bridge.spoil(join(folder, `${files}`, 'saga.kv'), id, how),
  gaps: STORES['deno-kv'].gaps,
})

describe('deno-kv', () => {
  test('the folder of the file is made; without Deno it says what it needs', async () => {
    await (await fresher()).close()
    expect(existsSync(join(folder, `${files}`, 'saga.kv'))).toBe(true)
    await expect(openDenoKv({})).rejects.toMatchObject({
      code: 'store-unusable',
      message: expect.stringMatching(/--unstable-kv/) as string,
    })
  })

  test('P24 an id that is too long for a key is too large to write and absent to read', async () => {
    const store = await fresher()
    const long = 'x'.repeat(3_000)
    expect(await store.load(long)).toBeUndefined()
    expect(await store.load('half \ud800')).toBeUndefined()
    await expect(create(store, { id: long })).rejects.toThrow('"too-large"')
    const saga = await create(store)
    expect(await store.applied(saga.saga.id, long, 'reserved')).toBe(false)
    expect(await save(store, step(saga.saga, 'reserved', { id: long }), saga.basis)).toEqual({
      kind: 'too-large',
      limit: 2_048,
    })
    await expectStored(store, saga)
    await store.close()
  })

  test('P24 gap: owed commands share one value with the head and its bound', async () => {
    const store = await fresher()
    let saga = await create(store, { metadata: { text: 'x'.repeat(30_000) } })
    saga = await move(store, saga, 'asked again')
    saga = await move(store, saga, 'asked again')
    expect(await save(store, step(saga.saga, 'asked again'), saga.basis)).toEqual({ kind: 'too-large', limit: 65_536 })
    const settled = await note(store, saga, { settled: saga.saga.owed.slice(0, 2).map(({ id }) => id) })
    await expectStored(store, await move(store, settled, 'asked again'))
    await store.close()
  })

  test('P15 P24 a dead letter that does not fit is kept without its message', async () => {
    const store = await fresher()
    const full = await buryUntilFull(store, 30_000)
    expect(full).toMatchObject({ cuts: 2, letters: [{ payload: {} }, { payload: {} }, { lost: 'payload' }] })
    expect(full.letters.at(-1)?.why).toContain('its message is not kept')
    await store.close()
  })

  test('P17 P18 a saga that an earlier version put among the owing ones is found, and leaves its old place', async () => {
    const store = await fresher()
    const deadline = NOW + 5
    const made = await create(store, { timer: { step: 0, deadline, resends: 0 } })
    const { id, owed } = made.saga
    await note(store, made, { settled: owed.map((debt) => debt.id) })
    const [from, to] = [join(folder, `${files}`, 'saga.kv'), join(folder, 'earlier.kv')]
    const isDue = ([key]: KvEntries[number]) => key.includes('due')
    const early = (await bridge.dump(from)).map(([key, value]): KvEntries[number] => {
      if (key.includes('due')) return [['batuta', 'due', deadline, id], value]
      if (!key.includes('head')) return [key, value]
      const row = Buffer.from(value.slice('bytes '.length), 'base64').toString()
      return [key, `bytes ${Buffer.from(row.replace(String(RESTING + deadline), String(deadline))).toString('base64')}`]
    })
    await store.close()
    await bridge.fill(to, early)
    const upgraded = await bridge.open(to)
    const { recovery } = upgraded.can
    if (recovery.by !== 'sweep') return expect.unreachable()
    const [found] = await recovery.findDue(deadline, 10)
    expect(found?.saga).toMatchObject({ id, due: deadline, owed: [] })
    await move(upgraded, found as Loaded, 'waved through')
    expect((await bridge.dump(to)).filter(isDue).map(([key]) => key)).toEqual([])
    await upgraded.close()
  })

  test('P20 concurrent writes: of two on one saga one wins, and the others are saved', async () => {
    const store = await fresher()
    const sagas = await Promise.all(Array.from({ length: 30 }, () => create(store)))
    const [first] = sagas as [Loaded]
    const rivals = Array.from({ length: 5 }, () => step(first.saga, 'asked again'))
    const [answers, moved] = await Promise.all([
      Promise.all(rivals.map((rival) => save(store, rival, first.basis))),
      Promise.all(sagas.slice(1).map((saga) => move(store, saga, 'reserved'))),
    ])
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual([...Array(4).fill('conflict'), 'saved'])
    for (const saga of moved) await expectStored(store, saga)
    expect(await labels(store, first.saga.id)).toHaveLength(2)
    await store.close()
  })

  test('I2 a long final saga is removed whole, and its id can be used again', async () => {
    const store = await fresher()
    let saga = await create(store, { at: NOW })
    const { id } = saga.saga
    for (let n = 0; n < 300; n++) {
      saga = await move(store, saga, {
        label: 'asked again',
        id: `e${n}`,
        with: { settled: saga.saga.owed.map((one) => one.id) },
      })
    }
    saga = await move(store, await move(store, saga, 'reserved'), 'charged')
    saga = await note(store, saga, { settled: saga.saga.owed.map((one) => one.id) })
    expect(store.can.removal && (await store.can.removal.removeFinal(saga.saga.updatedAt + 1, 5))).toBe(1)
    const again = await create(store, { id })
    expect(await store.applied(id, 'e7', 'asked again')).toBe(false)
    expect(await labels(store, again.saga.id)).toEqual(['orderPlaced'])
    await store.close()
  })

  test('I8 two processes on one file: of many writers one wins, and no caller sees a locked file', async () => {
    const neighbour = denoBridge()
    const [one, other] = [await fresher(), await neighbour.open(join(folder, `${files}`, 'saga.kv'))]
    let saga = await create(one)
    for (let round = 0; round < 5; round++) {
      const steps = Array.from({ length: 20 }, () => step(saga.saga, 'asked again'))
      const saves = steps.map((written, at) => save(at % 2 ? one : other, written, saga.basis))
      const kinds = (await Promise.all(saves)).map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === 'saved')).toHaveLength(1)
      expect(new Set(kinds)).toEqual(new Set(['saved', 'conflict']))
      saga = (await other.load(saga.saga.id)) as Loaded
    }
    await one.close()
    await neighbour.kill()
  })

  test('I1 killed during writes: every acknowledged step is stored', { timeout: 60_000 }, async () => {
    const path = join(folder, 'killed', 'saga.kv')
    for (const writes of [1, 200, 1_000]) {
      const dying = denoBridge()
      const store = await dying.open(path)
      const acknowledged = new Map<string, number>()
      for (let writer = 0; writer < 16; writer++) void write(store, acknowledged).catch(() => undefined)
      while ([...acknowledged.values()].reduce((sum, one) => sum + one, 0) < writes) await pause(1)
      await dying.kill()
      const reader = await bridge.open(path)
      for (const [id, length] of acknowledged) {
        const loaded = await reader.load(id)
        expect(loaded?.saga.length, id).toBeGreaterThanOrEqual(length)
        expect((await reader.document(id))?.history.events).toHaveLength(loaded?.saga.length ?? -1)
      }
      await reader.close()
    }
  })
})

async function write(store: Persistency, acknowledged: Map<string, number>): Promise<never> {
  for (;;) {
    let saga = await create(store, { id: fresh('saga'), metadata: { text: 'x'.repeat(300) } })
    for (let event = 0; event < 20; event++) {
      acknowledged.set(saga.saga.id, saga.saga.length)
      saga = await move(store, saga, 'asked again')
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
