import { readFileSync } from 'node:fs'
import { Response } from 'miniflare'
import { afterAll, expect, test, vi } from 'vitest'
import { startEdge } from './edge.ts'

const configuration = readFileSync(new URL('../reservation/saga.json', import.meta.url), 'utf8')

/** Commands in the order of arrival; the first one is refused. */
const commands: { readonly key: string | null; readonly label: string }[] = []

const edge = await startEdge(configuration, async (request) => {
  const { value } = (await request.json()) as { value: { messageLabel: string } }
  commands.push({ key: request.headers.get('idempotency-key'), label: value.messageLabel })
  return new Response(null, { status: commands.length === 1 ? 503 : 204 })
})
afterAll(() => edge.dispose())

test('a reservation is made, and a command that was refused is sent again', async () => {
  const { sagaId } = await post('/saga', { associatedEntityId: 'guest/1', metadata: { nights: 2 } })
  await vi.waitFor(() => expect(commands).toHaveLength(2), { timeout: 10_000 })
  expect(commands).toEqual(Array(2).fill({ key: `${sagaId}/0/0`, label: 'validateReservation' }))

  await post('/event', { key: sagaId, value: { messageLabel: 'validationOK', messagePayload: { valid: true } } })
  await vi.waitFor(() => expect(commands).toHaveLength(3))
  await post('/event', { key: sagaId, value: { messageLabel: 'checkOK', messagePayload: { free: true } } })
  expect(await (await edge.dispatchFetch(`http://edge/sagas/${sagaId}`)).json()).toMatchObject({
    currentState: 'reservationConfirmed',
    isFinal: true,
    metadata: { nights: 2, valid: true, free: true },
  })
})

async function post(path: string, body: unknown): Promise<{ readonly sagaId: string }> {
  const headers = { 'content-type': 'application/json' }
  const answer = await edge.dispatchFetch(`http://edge${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await answer.json()) as { sagaId: string }
}
