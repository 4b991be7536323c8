import { readFileSync } from 'node:fs'
import { Response } from 'miniflare'
import { afterAll, expect, test, vi } from 'vitest'
import { startEdge } from '../../examples/miniflare/edge.ts'
import type { SagaFile } from '../services/reservation.ts'

const hook = (content: string) => ({ type: 'file', content })
const file = JSON.parse(
  readFileSync(new URL('../../examples/reservation/saga.json', import.meta.url), 'utf8'),
) as SagaFile
Object.assign(file.machineDefinition.states[0]?.outputCommand ?? {}, {
  hook: hook('export default ({ saga }) => ({ payload: { saga, größe: "ü" } })'),
})
file.settings = {
  deepMergeMetadata: {
    enabled: true,
    hook: hook('export default (before, now) => Array.isArray(before) ? [...before, ...now] : undefined'),
  },
}

const bodies: string[] = []
const edge = await startEdge(JSON.stringify(file), async (request) => {
  bodies.push(await request.text())
  return new Response(null, { status: 204 })
})
afterAll(() => edge.dispose())

test('C2.7 the hooks of a saga.json run in the bundle of wrangler, compiled', async () => {
  const { sagaId } = await post('/saga', { associatedEntityId: 'guest/1', metadata: { list: [1] } })
  await vi.waitFor(() => expect(bodies).toHaveLength(1), { timeout: 10_000 })
  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
    größe: 'ü',
    saga: { sagaId, metadata: { list: [1] }, history: { events: [{ event: '__created__' }] } },
  })
  await post('/event', { key: sagaId, value: { messageLabel: 'validationOK', messagePayload: { list: [2] } } })
  expect(await (await edge.dispatchFetch(`http://edge/sagas/${sagaId}`)).json()).toMatchObject({
    metadata: { list: [1, 2] },
  })
})

async function post(path: string, body: unknown): Promise<{ readonly sagaId: string }> {
  const headers = { 'content-type': 'application/json' }
  const answer = await edge.dispatchFetch(`http://edge${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await answer.json()) as { sagaId: string }
}
