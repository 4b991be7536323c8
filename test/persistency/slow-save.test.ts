import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { crudPersistency } from '../../adapters/persistency/crud.ts'
import { begin } from '../../src/engine/decide.ts'
import { evolve } from '../../src/engine/evolve.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { compile } from '../../src/machine/compile.ts'
import { machineOf } from '../services/backlog/stage.ts'
import { fetch, ownServiceForTest } from './crud-scene.ts'

const MACHINE = compile(machineOf('desk'), { merge: (metadata) => metadata, leaseOf: () => 15_000 })
/** As many as the requests that a store has in flight at once. */
const HANGING = ['hot-1', 'hot-2']

function creation(id: string) {
  const step = begin(MACHINE, { id, eventId: `event-${id}`, entity: 'e', metadata: {} }, 1)
  const change = { sagaId: id, writeId: `w-${id}`, at: 1, step }
  return { change, next: evolve(undefined, change) }
}

const create = (store: Persistency, id: string) => {
  const { change, next } = creation(id)
  return store.save(change, next, 'absent')
}

test('I5 P20 saves that the CRUD Service does not answer hold up no save of another saga', async () => {
  const service = await ownServiceForTest()
  const going = Promise.withResolvers<void>()
  const hanging: Fetch = async (url, request) => {
    if (HANGING.some((id) => String(request.body).includes(`"${id}"`))) await going.promise
    return fetch(url, request)
  }
  const { host, port } = service
  const timeouts = { connect: 1_000, answer: 10_000 }
  const store = crudPersistency(
    { protocol: 'http', host, port, collectionName: 'sagas', headers: {}, timeouts },
    hanging,
  )
  const slow: Promise<unknown>[] = []
  let ended = 0
  for (const id of HANGING) {
    slow.push(create(store, id).finally(() => ended++))
    await turn() // a group of its own
  }
  const others = await Promise.all(['a', 'b', 'c'].map((id) => create(store, id)))
  expect(others.map(({ kind }) => kind)).toEqual(['saved', 'saved', 'saved'])
  expect(ended).toBe(0)
  going.resolve()
  expect(await Promise.all(slow)).toMatchObject(HANGING.map(() => ({ kind: 'saved' })))
  await store.close()
})
