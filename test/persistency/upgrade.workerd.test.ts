import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { durableObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import { remoteWithAlarm } from '../../adapters/persistency/durable-object/remote-with-alarm.ts'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import fixture from '../fixtures/stores/2026-11/durable-object.json' with { type: 'json' }
import lent from '../fixtures/stores/2026-11/durable-object-lent.json' with { type: 'json' }
import type { Fixture, ObjectData } from './upgrade/fixture.ts'
import { goesOn } from './upgrade/going-on.ts'
import { FIXTURE_SAGAS } from './upgrade/sagas.ts'

const { STORAGE } = env as unknown as { readonly STORAGE: DurableObjectNamespace }
const { shown, data } = fixture as unknown as Fixture<ObjectData>

function inObject(name: string, run: (storage: DurableObjectStorage) => Promise<void>): Promise<void> {
  return runInDurableObject(STORAGE.get(STORAGE.idFromName(name)), (_, { storage }) => run(storage))
}

test.for(FIXTURE_SAGAS)('P9 I9 an object written by 2026-11 is read and goes on: $id', (plan) =>
  inObject(`upgrade ${plan.id}`, async (storage) => {
    const { schema, rows } = data[plan.id] ?? { schema: [], rows: {} }
    for (const statement of schema) storage.sql.exec(statement)
    for (const [table, list] of Object.entries(rows)) {
      for (const row of list) {
        const values = Object.values(row)
        storage.sql.exec(`INSERT INTO ${table} VALUES (${values.map(() => '?').join()})`, ...values)
      }
    }
    await goesOn(durableObjectPersistency(storage), [plan], shown)
  }),
)

test('P19 an object with the alarm of a remote store, written by 2026-11, still knows its saga', () =>
  inObject('upgrade of an alarm', async (storage) => {
    for (const [key, value] of Object.entries(lent.values)) await storage.put(key, value)
    const store = remoteWithAlarm(memoryPersistency(), storage)
    expect(await store.hostedSaga()).toBe('owing')
    await store.arm(lent.values.until - 1, 0)
    expect(await storage.getAlarm()).not.toBeNull()
    await store.arm(lent.values.until, 0)
    expect([await store.hostedSaga(), await storage.getAlarm()]).toEqual([undefined, null])
  }))
