import { expect, test } from 'vitest'
import { birth, fresh, step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'
import { describeMongo } from '../services/mongo.ts'

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

    test('P9 what answers without writing is read linearizable', async () => {
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

    test('writes that meet go in one request, and creations by key each in one of its own', async () => {
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
