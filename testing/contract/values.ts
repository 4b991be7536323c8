import { describe, expect, test } from 'vitest'
import type { Metadata } from '../../src/engine/saga.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { birth, fresh, step } from './build.ts'
import { create, move, note, save } from './saves.ts'
import { expectStored, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

const MEGABYTE = 1024 * 1024

/** A store keeps every JSON value. */
export function values(subject: StoreSubject): void {
  describe('values', () => {
    test('C5 metadata of any spelling comes back as it went', () =>
      withStore(subject, async (store) => {
        await carries(store, {
          '': 'empty',
          'a.b': 1,
          $set: 2,
          ключ: 'значение',
          '👩‍👩‍👧': ['💾', '\u0000', '\u2028', '"\\'],
          toString: 'x',
        })
      }))

    test('C5 keys that mean something to JavaScript mean nothing here', () =>
      withStore(subject, async (store) => {
        const metadata = JSON.parse(
          '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"hasOwnProperty":null}',
        )
        const { saga } = await carries(store, metadata as Metadata)
        expect(Object.keys(saga.metadata)).toEqual(['__proto__', 'constructor', 'hasOwnProperty'])
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
      }))

    test('C5 half of a surrogate pair', () =>
      withStore(subject, async (store) => {
        const { saga } = await create(store, { metadata: { half: 'a\ud83d' } })
        const why = subject.gaps?.loneSurrogates
        const expected = why === undefined ? 'a\ud83d' : 'a\ufffd'
        expect((await store.load(saga.id))?.saga.metadata, why).toEqual({ half: expected })
      }))

    test('C5 a key may hold any character', () =>
      withStore(subject, async (store) => {
        const metadata = { ['a\u0000b']: 1 }
        if (subject.gaps?.nulInKeys === undefined) return void (await carries(store, metadata))
        await lacks(store, metadata, subject.gaps.nulInKeys)
      }))

    test('C5 an object that looks like a reference to elsewhere', () =>
      withStore(subject, async (store) => {
        const metadata = { $ref: 'a.b', $id: 1 }
        if (subject.gaps?.dottedReferences === undefined) return void (await carries(store, metadata))
        await lacks(store, metadata, subject.gaps.dottedReferences)
      }))

    test('C5 objects that mean something to a driver mean nothing here', () =>
      withStore(subject, async (store) => {
        const types = ['ObjectId', 'Nothing', 7].map((type) => ({ _bsontype: type, id: '0'.repeat(24) }))
        await carries(store, { types, _bsontype: 'Long', low: 1, $oid: 'x', toBSON: 1, toJSON: 'x' })
        await carries(store, {
          reference: { $ref: 'a', $id: 1, $db: 'b' },
          $ref: 'a.b.c',
          $id: { $ref: 'd', $id: 'e', f: 1 },
        })
      }))

    test('C5 numbers at the edge', () =>
      withStore(subject, async (store) => {
        await carries(store, { max: Number.MAX_SAFE_INTEGER, min: -1e-7, huge: 1.7976931348623157e308, third: 1 / 3 })
      }))

    test('P24 metadata 500 levels deep', () =>
      withStore(subject, async (store) => {
        const { levels = 500, why } = subject.gaps?.depth ?? {}
        await carries(store, nested(levels))
        if (why !== undefined) await lacks(store, nested(levels + 1), why)
      }))

    test('C1 ids of any spelling', () =>
      withStore(subject, async (store) => {
        const run = fresh('run')
        const ids = ['a/b', 'a%2Fb', 'a?b#c', 'a b', '..', 'a\\b', '💾', "o'neil", '"', '$x', 'é', 'x'.repeat(500)].map(
          (id) => `${run}${id}`,
        )
        const made = await Promise.all(ids.map((id) => create(store, { id, entity: id })))
        for (const saga of made) await expectStored(store, await move(store, saga, { label: 'reserved', trace: 'ü' }))
        expect(await store.load(`${run}A/B`)).toBeUndefined()
        expect((await store.document(ids[6] ?? ''))?.sagaId).toBe(ids[6])
      }))

    test('I8 a caller’s later changes to its objects do not reach the store', () =>
      withStore(subject, async (store) => {
        const made = await create(store, { metadata: { n: 1 } })
        const read = (await store.load(made.saga.id)) as Loaded
        Object.assign(read, { basis: 'spoilt', saga: undefined })
        await expectStored(store, made)
      }))

    test('P24 large metadata fits up to the limit, and what does not fit writes nothing', { timeout: 60_000 }, () =>
      withStore(subject, async (store) => {
        const { limit } = store.can
        await carries(store, sized(limit === false ? MEGABYTE : Math.min(limit, MEGABYTE)))
        if (limit === false) return
        await carries(store, sized(limit))
        await refuses(store, limit)
      }),
    )
  })
}

async function carries(store: Persistency, metadata: Metadata): Promise<Loaded> {
  const made = await create(store, { metadata })
  await expectStored(store, made)
  // A second step writes the first one's payload into its debt (P5).
  return expectStored(store, await move(store, await note(store, made, {}), 'waved through'))
}

async function lacks(store: Persistency, metadata: Metadata, why: string): Promise<void> {
  expect((await save(store, birth({ metadata }), 'absent')).kind, why).toBe('too-large')
}

/** Twice the limit is too large, on creation, on a step, and in two-byte letters. */
async function refuses(store: Persistency, limit: number): Promise<void> {
  const born = birth({ metadata: sized(2 * limit) })
  expect(await save(store, born, 'absent')).toEqual({ kind: 'too-large', limit: expect.any(Number) })
  expect(await store.load(born.next.id)).toBeUndefined()
  const made = await create(store, { metadata: { small: true } })
  const grown = step(made.saga, 'reserved', { payload: { text: 'é'.repeat(limit) } })
  expect((await save(store, grown, made.basis)).kind).toBe('too-large')
  await move(store, await expectStored(store, made), 'reserved')
}

function nested(levels: number): Metadata {
  let inner: Metadata = { leaf: true }
  for (let level = 1; level < levels; level++) inner = { inner }
  return inner
}

/** Metadata whose JSON has this many bytes. */
function sized(bytes: number): Metadata {
  const frame = JSON.stringify({ text: '' }).length
  return { text: 'x'.repeat(bytes - frame) }
}
