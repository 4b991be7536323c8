import { describe, expect, test } from 'vitest'
import { LARGEST_RECORD } from '../../src/codec/record-bound.ts'
import type { RecordStore, StoredRecord } from '../../src/ports/persistency.ts'
import { create, move } from './saves.ts'
import { expectStored, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** Records of the service beside the sagas: conditional writes, keys in order, and their bound. */
export function records(subject: StoreSubject): void {
  describe('records', () => {
    test('P2 of two writers with one version one is refused', () =>
      recording(subject, async (store) => {
        const both = await Promise.all([store.write('a', '1', 'absent'), store.write('a', '2', 'absent')])
        const created = winner(both)
        expect(await store.read('a')).toEqual(created)
        const rivals = await Promise.all([
          store.write('a', '3', created.version),
          store.write('a', '4', created.version),
          store.write('a', '5', 'absent'),
        ])
        const written = winner(rivals)
        expect(written.version).not.toBe(created.version)
        expect(await store.read('a')).toEqual(written)
        expect(await store.write('a', '6', created.version)).toBeUndefined()
        expect(await store.read('a')).toEqual(written)
      }))

    test('P2 a record that was removed and written again has another version', () =>
      recording(subject, async (store) => {
        const first = winner([await store.write('a', 'same', 'absent')])
        await store.remove('a')
        await store.remove('a')
        expect(await store.read('a')).toBeUndefined()
        expect(await store.write('a', 'other', first.version)).toBeUndefined()
        const again = winner([await store.write('a', 'same', 'absent')])
        expect(again.version).not.toBe(first.version)
        expect(await store.write('a', 'other', first.version)).toBeUndefined()
      }))

    test('keys of a prefix come in the order of their bytes, page by page', () =>
      recording(subject, async (store) => {
        const keys = ['b/10', 'b/2', 'b/a%2Fb', 'b/', 'b', 'c/1', 'B/1', 'a/1', 'b0', 'b/~']
        for (const key of keys) await store.write(key, key, 'absent')
        const ofB = ['b/', 'b/10', 'b/2', 'b/a%2Fb', 'b/~']
        expect(await store.keys('b/', 100)).toEqual(ofB)
        expect(await store.keys('b/', 2)).toEqual(ofB.slice(0, 2))
        expect(await store.keys('b/', 2, 'b/10')).toEqual(ofB.slice(2, 4))
        expect(await store.keys('b/', 100, 'b/11')).toEqual(ofB.slice(2))
        expect(await store.keys('b/', 100, 'a')).toEqual(ofB)
        expect(await store.keys('b/', 100, 'b/~')).toEqual([])
        expect(await store.keys('d/', 100)).toEqual([])
        expect(await store.keys('', 100)).toEqual(keys.toSorted())
        await store.remove('b/2')
        expect(await store.keys('b/', 100)).toEqual(ofB.filter((key) => key !== 'b/2'))
      }))

    test('P24 48 KiB of any characters fit, and one byte more is refused', () =>
      recording(subject, async (store) => {
        const texts = ['x'.repeat(LARGEST_RECORD), `${'x'.repeat(LARGEST_RECORD - 4)}🜍`, '€'.repeat(LARGEST_RECORD / 3)]
        for (const [at, text] of texts.entries()) {
          await store.write(`${at}`, text, 'absent')
          expect((await store.read(`${at}`))?.text === text, `text ${at}`).toBe(true)
          await expect(store.write(`${at} more`, `${text}x`, 'absent')).rejects.toThrow(
            `at most ${LARGEST_RECORD} bytes`,
          )
          expect(await store.read(`${at} more`)).toBeUndefined()
        }
        await store.write('empty', '', 'absent')
        expect(await store.read('empty')).toMatchObject({ text: '' })
      }))

    test('records and sagas do not see each other', () =>
      withStore(subject, async (store) => {
        const { records: kept, list } = store.can
        if (kept === false) return
        const saga = await create(store)
        for (const key of [saga.saga.id, 'head', 'due']) await kept.write(key, 'record', 'absent')
        const moved = await move(store, saga, 'reserved')
        expect(await kept.read(saga.saga.id)).toMatchObject({ text: 'record' })
        expect(await store.load('head')).toBeUndefined()
        await expectStored(store, moved)
        if (list !== false) expect((await list.page({ limit: 10 })).items.map(({ id }) => id)).toEqual([saga.saga.id])
      }))

    test('I1 a record is there after a restart', async () => {
      if (subject.reopen === undefined) return
      const before = await subject.open()
      const kept = before.can.records
      const written = kept === false ? undefined : await kept.write('a/b', 'text', 'absent')
      await before.close()
      const after = await subject.reopen()
      try {
        expect(after.can.records === false).toBe(kept === false)
        if (after.can.records !== false) expect(await after.can.records.read('a/b')).toEqual(written)
      } finally {
        await after.close()
      }
    })
  })
}

/** The record of the only write that was taken. */
function winner(written: readonly (StoredRecord | undefined)[]): StoredRecord {
  const taken = written.filter((one) => one !== undefined)
  expect(taken).toHaveLength(1)
  return taken[0] as StoredRecord
}

/** A store that has no place for records must say so. */
function recording(subject: StoreSubject, run: (store: RecordStore) => Promise<void>): Promise<void> {
  return withStore(subject, async (store) => {
    const { records: kept } = store.can
    if (kept === false) return void expect(store.can).toHaveProperty('records', false)
    return run(kept)
  })
}
