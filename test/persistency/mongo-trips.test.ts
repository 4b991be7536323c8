import { expect, onTestFinished, test } from 'vitest'
import type { Loaded } from '../../src/ports/persistency.ts'
import { birth, fresh, step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { describeMongo } from '../services/mongo.ts'
import { countingProxy, tripsAtOnce, tripsOfSaga } from './trips.ts'

/** Commands of the driver itself: the greeting of each connection and the heartbeats. */
const isNoGreeting = (request: Buffer): boolean => !/hello|ismaster/i.test(request.toString('latin1'))

type Command = readonly [name: string, command: Readonly<Record<string, unknown>>]

describeMongo(
  'mongo, what it asks a replica set for',
  (mongo) => {
    async function open() {
      const commands: Command[] = []
      const store = await mongo.open(fresh('sagas'), { onCommand: (name, command) => commands.push([name, command]) })
      commands.splice(0)
      return { store, commands, names: () => commands.splice(0).map(([name]) => name) }
    }

    /** A store behind a proxy; both are closed at the end of their test. */
    async function counted() {
      const proxy = await countingProxy(mongo.port, isNoGreeting)
      const store = await mongo.open(fresh('sagas'), { port: proxy.port })
      onTestFinished(() => store.close())
      return { store, proxy }
    }

    test('one round trip an event while its head is remembered, and for a creation', async () => {
      const { store, names } = await open()
      const made = await create(store)
      expect(names()).toEqual(['insert'])
      const moved = await move(store, made, 'reserved')
      expect(names()).toEqual(['update'])
      await store.load(moved.saga.id)
      expect(names()).toEqual(['find'])
      await store.close()
    })

    test('counted on the wire: an event whose head is remembered is one round trip, and so is a creation', async () => {
      const { store, proxy } = await counted()
      expect(await tripsOfSaga(store, proxy)).toEqual([1, 1, 1])
    })

    test('counted on the wire: 64 events at once are four round trips at most', async () => {
      const { store, proxy } = await counted()
      expect(await tripsAtOnce(store, proxy, 64)).toBeLessThanOrEqual(4)
    })

    test('a step sets only changed fields and unsets only fields that exist', async () => {
      const { store, commands } = await open()
      const made = await create(store)
      const moved = await move(store, made, {
        label: 'asked again',
        with: { settled: made.saga.owed.map(({ id }) => id) },
      })
      const fields = () => {
        const found = commands.splice(0).find(([name]) => name === 'update')
        const [{ u }] = (found as Command)[1]['updates'] as [{ u: { $set: object; $unset?: object } }]
        return { set: Object.keys(u.$set), unset: Object.keys(u.$unset ?? {}) }
      }
      const step = fields()
      expect(step.unset).toEqual([])
      expect(step.set).not.toContain('history.created')
      await note(store, moved, { settled: moved.saga.owed.map(({ id }) => id) })
      expect(fields().unset).toEqual(['history.owed'])
      const read = (await store.load(made.saga.id)) as Loaded
      await move(store, read, 'asked again')
      const unknown = fields()
      expect(unknown.unset).toEqual(expect.arrayContaining(['history.dead', 'history.parked', 'history.timer']))
      expect(unknown.set).toContain('history.created')
      await store.close()
    })

    test('C6.4 writes are majority writes, in the journal, conditional on the last write', async () => {
      const { store, commands } = await open()
      const made = await create(store)
      await move(store, made, 'reserved')
      for (const [, command] of commands) expect(command['writeConcern']).toMatchObject({ w: 'majority', j: true })
      expect(commands[1]?.[1]).toMatchObject({
        updates: [{ q: { sagaId: made.saga.id, 'history.writeId': expect.any(String) } }],
      })
      await store.close()
    })

    test('P9 answers without a write are read linearizable', async () => {
      const { store, commands } = await open()
      const made = await create(store)
      commands.splice(0)
      await store.load(made.saga.id)
      await store.applied(made.saga.id, 'id', 'label')
      await store.document(made.saga.id)
      expect(commands.map(([, { readConcern }]) => readConcern)).toEqual([LINEARIZABLE, LINEARIZABLE, LINEARIZABLE])
      await save(store, step(made.saga, 'reserved'), made.basis)
      commands.splice(0)
      expect((await save(store, step(made.saga, 'reserved'), made.basis)).kind).toBe('conflict')
      const verdict = commands.filter(([name]) => name === 'find').map(([, { readConcern }]) => readConcern)
      expect(verdict).toEqual([LINEARIZABLE, LINEARIZABLE])
      await store.close()
    })

    test('concurrent writes share a request; creations by key go alone', async () => {
      const { store, names } = await open()
      const made = await Promise.all(Array.from({ length: 32 }, () => create(store)))
      expect(names()).toEqual(['insert'])
      await Promise.all(made.map((saga) => move(store, saga, 'reserved')))
      expect(names()).toEqual(['update'])
      const births = Array.from({ length: 3 }, () => birth({ fingerprint: 'f' }))
      await Promise.all(births.map((born) => save(store, born, 'absent')))
      expect(names()).toEqual(['insert', 'insert', 'insert'])
      await store.close()
    })
  },
  { replicaSet: 'rs0' },
)

const LINEARIZABLE = { level: 'linearizable' }
