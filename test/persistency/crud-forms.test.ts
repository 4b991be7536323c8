import { describe, expect, onTestFinished, test } from 'vitest'
import { openCrud } from '../../adapters/persistency/crud.ts'
import type { CrudOptions } from '../../adapters/persistency/crud.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { birth, DEFINITION } from '../../testing/contract/build.ts'
import { create, keep, move, note, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { flowManagerCollection, sagasCollection } from '../fakes/crud-service.ts'
import type { CrudService, CrudServiceOptions } from '../fakes/crud-service.ts'
import type { Definition } from '../fakes/crud-service/fields.ts'
import { fetch, serviceForTest, storeOf } from './crud-scene.ts'

/** Opened as a worker opens it: the service is asked first. */
async function opened(service: Pick<CrudService, 'host' | 'port'>, options?: CrudOptions): Promise<Persistency> {
  const { host, port } = service
  const timeouts = { connect: 500, answer: 2_000 }
  const settings = { protocol: 'http', host, port, collectionName: 'sagas', headers: {}, timeouts } as const
  const store = await openCrud(settings, fetch, options)
  onTestFinished(() => store.close())
  return store
}

/** Writes since the last look; a refused one was sent again. */
function writes(service: CrudService): string[] {
  return service.requests
    .splice(0)
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`)
}

function stored(service: CrudService, at = 0): Record<string, unknown> {
  return service.collection.documents[at] as Record<string, unknown>
}

/** Fields of a collection in another way. */
function changed(all: Definition, change: (name: string) => object | undefined): Definition {
  const fields = all.fields.flatMap((field) => {
    const to = change(field.name)
    return to === undefined ? [] : [{ ...field, ...to }]
  })
  return { ...all, fields }
}

const TOLD: readonly (readonly [string, CrudServiceOptions])[] = [
  ['asked', {}],
  ['learnt', { tellsSchemas: false }],
]

describe.each(TOLD)('what the collection wants is %s', (how, options) => {
  test('C5a latestEvent is the last entry of the history, a business id its text', async () => {
    const service = await serviceForTest(options)
    const store = await opened(service)
    const made = await expectStored(store, await create(store, { metadata: { n: 1 } }))
    const { events } = stored(service)['history'] as { events: object[] }
    expect(stored(service)).toMatchObject({ latestEvent: events.at(-1), businessStateId: '1' })
    const moved = await expectStored(store, await move(store, made, 'reserved'))
    const after = stored(service)['history'] as { events: object[] }
    expect(stored(service)).toMatchObject({ latestEvent: after.events.at(-1), currentState: 'paying' })
    await expectStored(store, await note(store, moved, {}))
    expect(stored(service)['latestEvent']).toMatchObject({ event: 'reserved', timestamp: expect.any(String) })
    expect((await store.document(made.saga.id))?.latestEvent).toBe('reserved')
  })

  test('C5a no more than one write of a process is refused, and of a group', async () => {
    const service = await serviceForTest(options)
    const store = await opened(service)
    const first = await create(store)
    expect(writes(service)).toHaveLength(how === 'asked' ? 1 : 2)
    await move(store, first, 'reserved')
    const made = await Promise.all([create(store), create(store), create(store)])
    await Promise.all(made.map((saga) => move(store, saga, 'reserved')))
    expect(writes(service)).toEqual(['PATCH /sagas', 'POST /sagas/bulk', 'PATCH /sagas/bulk'])
    const another = await opened(service)
    await Promise.all([create(another), create(another), create(another)])
    expect(writes(service)).toHaveLength(how === 'asked' ? 1 : 2)
    expect(service.collection.documents).toHaveLength(7)
  })

  test('C5a a state without business state is stored and read as none', async () => {
    const service = await serviceForTest(options)
    const store = await opened(service)
    const silent = await move(store, await create(store), 'waved through')
    await expectStored(store, await move(store, await expectStored(store, silent), 'asked again'))
    expect(stored(service)).toMatchObject({ businessStateId: '', latestEvent: { event: 'asked again' } })
    expect(await store.document(silent.saga.id)).not.toHaveProperty('businessStateId')
  })

  test('C7 lists and their filters answer texts and the ids of the machine', async () => {
    const service = await serviceForTest(options)
    const store = await opened(service)
    await move(store, await create(store, { id: 'a' }), 'asked again')
    await create(store, { id: 'b' })
    const { list } = store.can
    if (list === false) throw new Error('it can list')
    const { items } = await list.page({ businessStateId: 1, limit: 9 })
    expect(items.map(({ id, latestEvent, business }) => [id, latestEvent, business?.id])).toEqual([
      ['a', 'asked again', 1],
      ['b', 'orderPlaced', 1],
    ])
  })
})

test('P6 the refusal that teaches is lost: the same change again is saved once', async () => {
  const service = await serviceForTest({ tellsSchemas: false })
  const store = storeOf(service)
  const born = birth()
  service.trouble.lose('before', 'after')
  await expect(save(store, born, 'absent')).rejects.toMatchObject({ code: 'store-unavailable' })
  await expect(save(store, born, 'absent')).rejects.toMatchObject({ code: 'store-unavailable' })
  await expectStored(store, await keep(store, born, 'absent'))
  expect(service.collection.documents).toHaveLength(1)
  expect(await labels(store, born.next.id)).toEqual(['orderPlaced'])
})

test('P6 the write after the refusal is lost: it has landed, and its repeat is saved', async () => {
  const service = await serviceForTest({ tellsSchemas: false })
  const store = await opened(service)
  const made = await create(store)
  const [before, after] = [service.collection.definition, changed(flowManagerCollection(), asText('latestEvent'))]
  service.collection.redefine(after)
  const born = birth()
  service.trouble.loseAfter(1)
  await expect(save(store, born, 'absent')).rejects.toMatchObject({ code: 'store-unavailable' })
  expect(service.collection.documents).toHaveLength(2)
  await expectStored(store, await keep(store, born, 'absent'))
  service.collection.redefine(before)
  await expectStored(store, await move(store, made, 'reserved'))
  expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'reserved'])
})

function asText(name: string) {
  return (field: string): object => (field === name ? { type: 'string', nullable: true } : {})
}

test.each(TOLD)('C5a a collection that is changed while the service runs is %s again', async (_, options) => {
  const service = await serviceForTest(options)
  const store = await opened(service)
  const made = await create(store)
  service.collection.redefine(changed(flowManagerCollection(), asText('latestEvent')))
  const moved = await move(store, await expectStored(store, made), 'asked again')
  expect(stored(service)).toMatchObject({ latestEvent: 'asked again' })
  service.collection.redefine(flowManagerCollection())
  await expectStored(store, await move(store, moved, 'reserved'))
  expect(stored(service)).toMatchObject({ latestEvent: { event: 'reserved' } })
})

describe('a collection that cannot hold the sagas', () => {
  const machine = DEFINITION
  const start = async (definition: Definition) => opened(await serviceForTest({ definition }), { machine })

  test('C5a a required business state: the start is refused, and names field, state and remedy', async () => {
    const refused = start(flowManagerCollection())
    await expect(refused).rejects.toMatchObject({ code: 'store-unusable' })
    await expect(refused).rejects.toThrow(
      [
        'use the store "crud": the collection "sagas" of the CRUD Service cannot hold the sagas of this saga.json:',
        '  it requires "businessStateId", which saga.json does not have at machineDefinition.states[2] ("silent"): ' +
          'give that state a "businessStateId", or make the field optional in the collection',
      ].join('\n'),
    )
    await start(sagasCollection())
  })

  test.each<[string, Definition, RegExp]>([
    [
      'no history',
      changed(sagasCollection(), (name) => (name === 'history' ? undefined : {})),
      /has no field "history": add it, of the type RawObject/,
    ],
    [
      'no latestEvent',
      changed(sagasCollection(), (name) => (name === 'latestEvent' ? undefined : {})),
      /has no field "latestEvent": add it, of the type string or RawObject/,
    ],
    [
      'a history of texts',
      changed(sagasCollection(), asText('history')),
      /field "history" is of the type string: make it of the type RawObject/,
    ],
    [
      'a required field of its own',
      {
        ...sagasCollection(),
        fields: [...sagasCollection().fields, { name: 'tenant', type: 'string', required: true, nullable: false }],
      },
      /requires "tenant", which no saga has: make that field optional/,
    ],
  ])('C5a %s: the start is refused', async (_, definition, told) => {
    await expect(start(definition)).rejects.toThrow(told)
  })

  test('C5a without an answer at the start the service starts, and readiness tells', async () => {
    const service = await serviceForTest()
    await service.stop()
    const store = await opened(service, { machine })
    expect(await store.probe()).toMatchObject({ ok: false, why: expect.stringContaining('no answer') })
    await service.start()
    expect(await store.probe()).toMatchObject({ ok: false, why: expect.stringMatching(/cannot hold .*\n.*"silent"/) })
    await expectStored(store, await create(store))
    service.collection.redefine(sagasCollection())
    await create(store)
    expect(await store.probe()).toMatchObject({ ok: true })
  })

  test('C5a an older service is not asked again and again', async () => {
    const service = await serviceForTest({ tellsSchemas: false })
    const store = await opened(service, { machine })
    for (let n = 0; n < 3; n++) expect(await store.probe()).toMatchObject({ ok: true })
    expect(service.requests.filter(({ path }) => path === '/-/schemas')).toHaveLength(1)
  })
})
