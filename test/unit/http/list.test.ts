import { beforeEach, describe, expect, test } from 'vitest'
import type { SagaSummary } from '../../../src/codec/saga-summary.ts'
import type { ListQuery, Page } from '../../../src/ports/persistency.ts'
import { BUSY } from '../../fakes/channel.ts'
import { MACHINE, openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const CHANNELS = { communicationProtocols: [{ id: 'desk' }, { id: 'elsewhere' }] }

const silent = () => Promise.reject(new Error('not asked'))
const SILENT = {
  create: silent,
  handle: silent,
  document: silent,
  list: silent,
  count: silent,
  awaitEnd: silent,
  watch: silent,
  watchAll: silent,
  operate: silent,
}

interface Listed {
  readonly items: readonly SagaSummary[]
  readonly next?: string
  readonly counts?: readonly object[]
}

let app: TestApp
let ids: readonly string[]

beforeEach(async () => {
  app = openTestApp()
  const made: string[] = []
  for (let n = 0; n < 10; n++) {
    made.push(await app.create(n % 2 === 0 ? 'even' : 'odd & more', `saga ${n}`.replaceAll(' ', '%20')))
    if (n % 2 === 1) await app.runtime.advance(1_000) // two sagas at each instant
  }
  for (const key of made.slice(0, 3)) await app.post('/event', event(key, 'answered'))
  ids = made
})

const event = (key: string, messageLabel: string) => ({ key, value: { messageLabel, messagePayload: {} } })

async function list(query: Readonly<Record<string, string>> = {}): Promise<Listed> {
  const answer = await app.request(`/sagas?${new URLSearchParams(query).toString()}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Listed
}

async function idsOf(query: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return (await list(query)).items.map(({ sagaId }) => sagaId).sort()
}

const among = (...numbers: number[]) => numbers.map((n) => ids[n] ?? '').sort()

describe('C7 GET /sagas', () => {
  test('C7 a summary is C5 without history and metadata, with instants, marks and the events that its state lists', async () => {
    const { items } = await list({ isFinal: 'false', limit: '1' })
    const time = expect.stringMatching(/^2030-01-01T00:00:0\d.\d{3}Z$/)
    expect(items).toStrictEqual([
      {
        sagaId: expect.stringMatching(/^[\da-f]{32}$/),
        associatedEntityId: expect.stringMatching(/even|odd/),
        currentState: 'asked',
        latestEvent: '__created__',
        isFinal: false,
        businessStateId: 7,
        businessStateDescription: 'in hand',
        createdAt: time,
        updatedAt: time,
        due: expect.any(String),
        stateSince: time,
        marks: { owed: 1 },
        waitingFor: ['answered', 'askedAgain'],
      },
    ])
  })

  test('C7 a saga that waits shows the events of its state and the next try of its command; a final one shows neither', async () => {
    app.channel.always(BUSY)
    const id = await app.create('late')
    await app.runtime.advance(1_000)
    const document = (await (await app.request(`/sagas/${id}`)).json()) as { owed: { due: string }[] }
    expect(document).toMatchObject({ waitingFor: ['answered', 'askedAgain'] })
    expect(document.owed).toMatchObject([{ attempts: expect.any(Number), nextTry: document.owed[0]?.due }])
    const done = await (await app.request(`/sagas/${ids[0]}`)).json()
    expect(done).toMatchObject({ isFinal: true, currentState: 'done' })
    expect(done).not.toHaveProperty('waitingFor')
  })

  test('C7 counts=true answers the numbers of its filters by state beside the page', async () => {
    app.channel.always(BUSY)
    await app.create('late')
    await app.runtime.advance(10_000)
    const none = { deadLetters: 0, parked: 0, timers: 0, held: 0 }
    const { items, counts } = await list({ counts: 'true', limit: '2' })
    expect(items).toHaveLength(2)
    expect(counts).toStrictEqual([
      { ...none, state: 'asked', total: 8, owed: 1, oldestDebt: '2030-01-01T00:00:05.000Z' },
      { ...none, state: 'done', total: 3, owed: 0 },
    ])
    const odd = await list({ counts: 'true', associatedEntityId: 'odd & more', isFinal: 'true' })
    expect(odd.counts).toStrictEqual([{ ...none, state: 'done', total: 1, owed: 0 }])
    expect(await list({ counts: 'false' })).not.toHaveProperty('counts')
  })

  test('C7 P17 a store that has no numbers now says why, and lists', async () => {
    const { list: page } = app.store.can
    if (page === false) throw new Error('expected a store that lists')
    const why = 'they are being counted'
    app = openTestApp({ corridor: { ...SILENT, list: (query) => page.page(query), count: async () => ({ why }) } })
    const answer = await list({ counts: 'true', limit: '3' })
    expect(answer).toMatchObject({ uncounted: why })
    expect([answer.items.length, 'counts' in answer]).toEqual([3, false])
  })

  test('C7 P17 a store that cannot count is 501 where it is asked to, and lists', async () => {
    const { list: page } = app.store.can
    if (page === false) throw new Error('expected a store that lists')
    app = openTestApp({
      corridor: {
        ...SILENT,
        list: (query) => page.page(query),
        count: async () => false,
      },
    })
    const answer = await app.request('/sagas?counts=true')
    const message = 'the store "memory" cannot count sagas; list them without counts'
    expect(await answer.json()).toStrictEqual({ statusCode: 501, error: 'Not Implemented', message })
    expect((await app.request('/sagas')).status).toBe(200)
  })

  test.each(['1', '2', '3', '4', '10', '200'])(
    'C7 pages of %s: every saga once, newest first, then id',
    async (limit) => {
      const seen: SagaSummary[] = []
      let cursor: string | undefined
      do {
        const page = await list({ limit, ...(cursor !== undefined && { cursor }) })
        expect(page.items.length).toBeLessThanOrEqual(Number(limit))
        seen.push(...page.items)
        cursor = page.next
      } while (cursor !== undefined)
      expect(seen.map(({ sagaId }) => sagaId).sort()).toStrictEqual(ids.toSorted())
      const sorted = seen.toSorted(
        (one, other) => other.createdAt.localeCompare(one.createdAt) || (one.sagaId < other.sagaId ? -1 : 1),
      )
      expect(seen).toStrictEqual(sorted)
    },
  )

  test('C7 the cursor survives a saga id with odd characters', async () => {
    app = openTestApp({ sagaIdPrefix: 'a~b/%/ü &=🦄' })
    const made = [await app.create(), await app.create(), await app.create()]
    const first = await list({ limit: '2' })
    const second = await list({ limit: '2', cursor: first.next ?? '' })
    expect([...first.items, ...second.items].map(({ sagaId }) => sagaId).sort()).toStrictEqual(made.sort())
  })

  test('C7 the store receives its cursor unchanged, one before 1970 too', async () => {
    const silent = () => Promise.reject(new Error('not asked'))
    const next = { createdAt: -1, id: 'theirs' }
    const asked: unknown[] = []
    const page = async ({ after }: ListQuery): Promise<Page> => (asked.push(after), { items: [], next })
    app = openTestApp({
      corridor: {
        create: silent,
        handle: silent,
        document: silent,
        list: page,
        count: silent,
        awaitEnd: silent,
        watch: silent,
        watchAll: silent,
        operate: silent,
      },
    })
    const first = await list()
    await list({ cursor: first.next ?? '' })
    expect(asked).toEqual([undefined, next])
  })

  test('C7 a cursor without a valid instant is 400', async () => {
    for (const cursor of ['9999999999999999~a', '--1~a', '1', '~a']) {
      expect((await app.request(`/sagas?${new URLSearchParams({ cursor }).toString()}`)).status).toBe(400)
    }
  })

  test('C7 each filter', async () => {
    expect(await idsOf({ currentState: 'done' })).toStrictEqual(among(0, 1, 2))
    expect(await idsOf({ isFinal: 'true' })).toStrictEqual(among(0, 1, 2))
    expect(await idsOf({ isFinal: 'false' })).toStrictEqual(among(3, 4, 5, 6, 7, 8, 9))
    expect(await idsOf({ associatedEntityId: 'odd & more' })).toStrictEqual(among(1, 3, 5, 7, 9))
    expect(await idsOf({ businessStateId: '7' })).toStrictEqual(among(3, 4, 5, 6, 7, 8, 9))
    expect(await idsOf({ businessStateId: '07' })).toStrictEqual([])
  })

  test('C7 each filter by mark', async () => {
    await app.runtime.advance(10_000) // deliveries are settled
    app.channel.always(BUSY)
    const owing = await app.create('late')
    await app.runtime.advance(1_000)
    expect(await idsOf({ has: 'owed' })).toStrictEqual([owing])
    expect(await idsOf({ attemptsAtLeast: '1' })).toStrictEqual([owing])
    expect(await idsOf({ attemptsAtLeast: '1000' })).toStrictEqual([])
    expect(await idsOf({ channel: 'desk' })).toStrictEqual([owing])
    expect(await idsOf({ has: 'owed', channel: 'desk', lastAnswer: '503' })).toStrictEqual([owing])
    expect(await idsOf({ has: 'owed', lastAnswer: '502' })).toStrictEqual([])
    expect(await list({ has: 'owed', lastAnswer: '503', counts: 'true' })).toMatchObject({
      items: [{ lastAnswers: [{ has: 'owed', channel: 'desk', answer: '503' }] }],
      counts: [{ state: 'asked', total: 1, owed: 1 }],
    })
    for (const has of ['dead-letters', 'parked', 'timer', 'hold']) expect(await idsOf({ has })).toStrictEqual([])
    const at = (seconds: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, seconds)).toISOString()
    expect(await idsOf({ enteredBefore: at(1), currentState: 'asked' })).toStrictEqual([])
    expect(await idsOf({ enteredBefore: at(2), isFinal: 'false' })).toStrictEqual(among(3))
  })

  test.each([
    ['currentState', 'Askd', 'state', 'asked'],
    ['currentState', 'nowhere near', 'state', 'done'],
    ['currentState', '', 'state', 'done'],
    ['channel', 'disk', 'channel', 'desk'],
    ['channel', 'x'.repeat(100_000), 'channel', 'desk'],
  ])(
    'C7 %s=%.20s, which neither saga.json nor a saga has, is 400 with the nearest',
    async (filter, name, of, nearest) => {
      app = openTestApp({ shown: { machine: MACHINE, configuration: CHANNELS } })
      const answer = await app.request(`/sagas?${new URLSearchParams({ [filter]: name, has: 'hold' }).toString()}`)
      expect(answer.status).toBe(400)
      const message = `${filter} must be a ${of} of saga.json, or one that a saga has: found "${name.slice(0, 200)}", the nearest is "${nearest}"`
      expect(await answer.json()).toStrictEqual({ statusCode: 400, error: 'Bad Request', message })
    },
  )

  test('P11 a state and a channel that sagas alone have are listed: the machine was changed', async () => {
    app = openTestApp({
      shown: { machine: { states: [{ id: 'new' }] }, configuration: { communicationProtocols: [{ id: 'new' }] } },
    })
    app.channel.always(BUSY)
    const id = await app.create()
    expect(await idsOf({ currentState: 'asked' })).toStrictEqual([id])
    expect(await idsOf({ channel: 'desk' })).toStrictEqual([id])
    expect(await idsOf({ currentState: 'asked', has: 'hold' })).toStrictEqual([])
  })

  test('C5a a business state is asked for by its text: the id of the machine, the first of a repeated one', async () => {
    const silent = () => Promise.reject(new Error('not asked'))
    const asked: unknown[] = []
    const page = async ({ businessStateId }: ListQuery): Promise<Page> => (asked.push(businessStateId), { items: [] })
    const machine = { businessStates: [{ id: '7' }, { id: 8 }, { id: '8' }] }
    const corridor = {
      create: silent,
      handle: silent,
      document: silent,
      list: page,
      count: silent,
      awaitEnd: silent,
      watch: silent,
      watchAll: silent,
      operate: silent,
    }
    app = openTestApp({ corridor, shown: { machine, configuration: {} } })
    for (const businessStateId of ['7', '8', '9', 'x']) await list({ businessStateId })
    expect(asked).toEqual(['7', 8, 9, 'x'])
  })

  test('C7 since and until compare the creation; filters combine', async () => {
    const at = (seconds: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, seconds)).toISOString()
    expect(await idsOf({ since: at(3) })).toStrictEqual(among(6, 7, 8, 9))
    expect(await idsOf({ until: at(1) })).toStrictEqual(among(0, 1))
    expect(await idsOf({ since: at(1), until: at(3), associatedEntityId: 'even' })).toStrictEqual(among(2, 4))
    expect(await idsOf({ since: '2030-01-01T01:00:03+01:00' })).toStrictEqual(among(6, 7, 8, 9))
  })

  test.each([
    ['nothing between them', '&'.repeat(1_000_000), 200],
    ['one name again and again', 'limit=1&'.repeat(200_000), 400],
    ['names that nobody knows', Array.from({ length: 50_000 }, (_, at) => `p${at}=1`).join('&'), 400],
  ])('C8 a query of a megabyte is read in linear time: %s', async (_, query, status) => {
    expect((await app.request(`/sagas?${query}`)).status).toBe(status)
  })

  test('C7 an empty pair in the query is ignored, and a plus is a space', async () => {
    expect(await idsOf({ associatedEntityId: 'odd & more' })).toHaveLength(5)
    const answer = await app.request('/sagas?&&associatedEntityId=odd+%26+more&')
    expect(((await answer.json()) as Listed).items).toHaveLength(5)
  })

  test('C7 a store that cannot list is 501 with its name', async () => {
    const silent = () => Promise.reject(new Error('not asked'))
    const corridor = {
      create: silent,
      handle: silent,
      document: silent,
      list: async () => false as const,
      count: silent,
      awaitEnd: silent,
      watch: silent,
      watchAll: silent,
      operate: silent,
    }
    const answer = await openTestApp({ corridor, store: 'durable-object' }).request('/sagas')
    expect(answer.status).toBe(501)
    const message = 'the store "durable-object" cannot list sagas; look one up with GET /sagas/{sagaId}'
    expect(await answer.json()).toStrictEqual({ statusCode: 501, error: 'Not Implemented', message })
  })
})
