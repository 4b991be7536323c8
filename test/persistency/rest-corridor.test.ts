import { describe, expect, test } from 'vitest'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { DELIVERED, SILENT } from '../fakes/channel.ts'
import { fakeStore } from '../fakes/store.ts'
import { begin, begun } from '../unit/orchestrator/recovery/redelivery-stage.ts'
import { stage } from '../unit/orchestrator/stage.ts'

/** A service in memory that counts its requests. */
function service(tags: boolean): {
  fetch: Fetch
  asked: string[]
  documents: Map<string, { body: string; tag: string }>
} {
  const documents = new Map<string, { body: string; tag: string }>()
  const asked: string[] = []
  const fetch: Fetch = async (url, { method, headers, body = '' }) => {
    asked.push(method)
    const found = documents.get(url)
    const answer = (status: number, text = '', tag?: string) => ({
      status,
      header: (name: string) => (name === 'etag' && tags && tag !== undefined ? tag : null),
      body: text,
    })
    if (method === 'GET') return found === undefined ? answer(404) : answer(200, found.body, found.tag)
    if (tags && headers['if-none-match'] === '*' && found !== undefined) return answer(412)
    if (tags && headers['if-match'] !== undefined && headers['if-match'] !== found?.tag) return answer(412)
    const tag = `"${asked.length}"`
    documents.set(url, { body, tag })
    return answer(200, '', tag)
  }
  return { fetch, asked, documents }
}

const settings = { protocol: 'http', endpoint: 'sagas', method: 'PUT', path: '/', headers: {} } as const

describe('the corridor over rest', () => {
  test.each([
    [true, ['GET', 'PUT'], ['PUT']],
    [false, ['GET', 'PUT'], ['GET', 'GET', 'PUT']],
  ])('P17 tags: %s: a creation is %j, an event %j', async (tags, creation, event) => {
    const { fetch, asked } = service(tags)
    const scene = await begun(fakeStore(restPersistency(settings, fetch)))
    expect(asked.splice(0)).toEqual(creation)
    scene.channel.always(DELIVERED)
    expect(await scene.tell('validationOK')).toMatchObject({ kind: 'moved' })
    expect(asked.splice(0)).toEqual(event)
  })

  test.each([true, false])(
    'I2 tags: %s: after a crash between save and send the client’s repeat sends the command',
    async (tags) => {
      const { fetch, documents } = service(tags)
      const dead = await begun(fakeStore(restPersistency(settings, fetch)))
      begin(dead, 'validationOK')
      await dead.settle()
      const scene = stage({ store: fakeStore(restPersistency(settings, fetch)), runtime: dead.runtime })
      scene.channel.always(SILENT)
      expect(await scene.tell('validationOK')).toMatchObject({ kind: 'unavailable' })
      scene.channel.always(DELIVERED)
      expect(await scene.tell('validationOK')).toMatchObject({ kind: 'duplicate' })
      await scene.stop()
      const [kept] = documents.values()
      const { history } = JSON.parse(kept?.body ?? '{}') as { history: { owed?: unknown; events: unknown[] } }
      expect([history.owed, history.events.length]).toEqual([undefined, 2])
    },
  )

  test.each([true, false])('C5a tags: %s: a saga of version 1.x, without a history, moves and sends', async (tags) => {
    const { fetch, documents } = service(tags)
    const scene = await begun(fakeStore(restPersistency(settings, fetch)))
    const [[url, { body = '' } = {}] = ['']] = documents
    const { history: _, ...document } = JSON.parse(body) as { history: object }
    documents.set(url, {
      body: JSON.stringify({ ...document, latestEvent: { event: '__created__' } }),
      tag: '"theirs"',
    })
    const after = stage({ store: fakeStore(restPersistency(settings, fetch)), runtime: scene.runtime })
    after.channel.always(DELIVERED)
    expect(await after.tell('validationOK')).toMatchObject({ kind: 'moved' })
    expect(after.channel.begun.map(({ label }) => label)).toEqual(['checkReservation'])
    const written = JSON.parse(documents.get(url)?.body ?? '{}') as { history: { events: object[] } }
    expect(written).toMatchObject({
      latestEvent: { event: 'validationOK' },
      history: { events: [{ event: 'validationOK' }] },
    })
    await after.stop()
    await scene.stop()
  })
})
