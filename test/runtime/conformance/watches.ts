import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../services/client.ts'
import { namesOf, openStream } from '../../services/read-stream.ts'
import type { StreamReader } from '../../services/read-stream.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const ended = (stream: StreamReader): Promise<true> => eventually(() => (stream.hasEnded() ? true : undefined))

/** Server-sent events; those of all sagas where one process has them all. There the last test ends the worker. */
export function watches(tested: TestedRuntime): void {
  const isEdge = tested.script === 'start:workerd'
  describe('watches', () => {
    let stage: RunningWorker
    const environment = { API_TOKEN: 'write', READ_TOKEN: 'read' }
    const headers = { authorization: 'Bearer write' }
    const open = (path: string, after?: string) =>
      openStream(stage.worker.url + path, { authorization: 'Bearer read', ...(after && { 'last-event-id': after }) })
    beforeAll(async () => void (stage = await RunningWorker.open(tested, { environment, headers })))
    afterAll(() => stage?.close())
    beforeEach(() => stage.participant.behaves(() => ({})))

    test('C7 one saga: history, steps, actions; after a kill it goes on without a gap or a repeat, then the end, then 204', async () => {
      const id = await stage.create()
      const stream = await open(`/sagas/${id}/watch`)
      await eventually(() => (namesOf(stream).includes('step 0') ? true : undefined))
      await stage.call(`/sagas/${id}/hold`, { method: 'POST', headers: { 'x-reason': 'a look' } })
      await eventually(() => stream.events.find(({ data }) => data['hold'] !== undefined))
      await stage.call(`/sagas/${id}/release`, { method: 'POST', headers: { 'x-reason': 'seen' } })
      await stage.event(id, 'validationOK')
      await eventually(() => (namesOf(stream).includes('step 1') ? true : undefined))
      await stage.worker.restart()
      await ended(stream)
      expect((await stage.event(id, 'checkOK')).status).toBe(200)
      const newest = stream.events.findLast((event) => event.id !== undefined)?.id
      const later = await open(`/sagas/${id}/watch`, newest)
      await ended(later)
      const steps = [stream, later].flatMap(namesOf).filter((name) => name.startsWith('step'))
      expect(steps).toEqual(['step 0', 'step 1', 'step 2'])
      expect(later.events.at(-1)).toMatchObject({ event: 'end', data: { currentState: 'reservationConfirmed' } })
      expect((await stage.call(`/sagas/${id}/watch`, { headers: { 'last-event-id': '2' } })).status).toBe(204)
    })

    test('C7 it is a read: 401 without a token, 404 for no saga, 400 for an id that is none', async () => {
      const id = await stage.create()
      const statuses = [
        stage.call(`/sagas/${id}/watch`, { headers: { authorization: '' } }),
        stage.call('/sagas/none/watch'),
        stage.call(`/sagas/${id}/watch`, { headers: { 'last-event-id': 'x' } }),
        stage.call(`/sagas/${id}/watch`, { headers: { 'last-event-id': '9' } }),
      ].map(async (answer) => (await answer).status)
      expect(await Promise.all(statuses)).toEqual([401, 404, 400, 400])
    })

    if (isEdge) {
      test('C7 all sagas on the edge: 501 that says what to do', async () => {
        const { status, json } = await stage.call('/watch')
        expect([status, json]).toMatchObject([501, { message: expect.stringContaining('/sagas/{sagaId}/watch') }])
      })
      return
    }

    test('C7 all sagas: their steps, and after a pause of the client those that it missed', async () => {
      const stream = await open('/watch')
      const first = await stage.create()
      const seen = await eventually(() => stream.events.find(({ data }) => data['sagaId'] === first))
      await stream.leave()
      const second = await stage.create()
      const later = await open('/watch', seen.id)
      await eventually(() => later.events.find(({ data }) => data['sagaId'] === second))
      expect(later.events.filter(({ data }) => data['sagaId'] === first)).toEqual([])
      await later.leave()
      const gauge = async () => (await stage.call('/-/metrics')).text.includes('batuta_watchers{of="all"} 0')
      await eventually(async () => ((await gauge()) ? true : undefined))
    })

    test('C7 C1.3 at SIGTERM open streams end with a word, and the worker with them', async () => {
      const id = await stage.create()
      const streams = await Promise.all(['/watch', `/sagas/${id}/watch`].map((path) => open(path)))
      for (const stream of streams) await eventually(() => stream.events[0])
      expect(await stage.worker.terminate()).toEqual({ code: 0, signal: null })
      for (const stream of streams) {
        await ended(stream)
        expect(stream.comments.at(-1)).toMatch(/stopping/)
      }
    })
  })
}
