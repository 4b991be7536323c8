import { expect, test } from 'vitest'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { birth } from '../../testing/contract/build.ts'
import { save } from '../../testing/contract/saves.ts'

/** A service behind a firewall that refuses writes of some sagas. */
function scene() {
  const refused = new Set<string>()
  const fetch: Fetch = async (url, { method }) => {
    const isRefused = method === 'PUT' && refused.has(url.slice(url.lastIndexOf('/') + 1))
    return { status: method === 'GET' ? 404 : isRefused ? 403 : 200, header: () => null, body: '' }
  }
  const settings = { protocol: 'http', endpoint: 'sagas', method: 'PUT', path: '/', headers: {} } as const
  const store = restPersistency(settings, fetch)
  const write = (id: string) => save(store, birth({ id }), 'absent').catch(() => 'refused')
  return { refused, write, ready: async () => (await store.probe()).ok }
}

test('P20 I5 one refused saga is no outage, however often it is tried', async () => {
  const { refused, write, ready } = scene()
  await write('good')
  refused.add('bad')
  for (let times = 0; times < 3; times++) expect(await write('bad')).toBe('refused')
  expect(await ready()).toBe(true)
})

test('a service that refuses every caller fails the probe until it takes a write', async () => {
  const { refused, write, ready } = scene()
  await write('good')
  for (const id of ['one', 'two']) refused.add(id)
  await write('one')
  await write('two')
  expect(await ready()).toBe(false)
  await write('other')
  expect(await ready()).toBe(true)
})

test('a service that has refused every caller fails the probe at once', async () => {
  const { refused, write, ready } = scene()
  refused.add('first')
  await write('first')
  expect(await ready()).toBe(false)
})
