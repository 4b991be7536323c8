import { expect, test } from 'vitest'
import { call, eventually } from '../services/client.ts'
import { namesOf, openStream } from '../services/read-stream.ts'
import { describeRedis } from '../services/redis.ts'
import { Worker } from '../services/worker.ts'
import { RunningWorker } from '../runtime/conformance/stage.ts'
import { withParking } from '../runtime/conformance/waits.ts'
import { redis } from './servers.ts'

/** The longest interval at which an instance looks at a saga that another one may end, with room for a busy machine. */
const SEEN = 15_000

describeRedis('two instances on one store', () => {
  test('C7 P10 a wait and a stream at one of them see what the other one does; an event parked at one is taken at the other', async () => {
    const server = await redis()
    const one = await RunningWorker.open(
      { script: 'start', persistency: () => server.persistency },
      { edit: withParking },
    )
    try {
      one.participant.behaves(() => ({}))
      const other = await Worker.start({ script: 'start:deno', configuration: one.worker.configuration })
      try {
        const id = await one.create()
        const left = new AbortController()
        const gone = call(`${one.worker.url}/sagas/${id}?wait=60`, {}, left.signal)
        const waiting = [one.worker, other].map(({ url }) => call(`${url}/sagas/${id}?wait=60`))
        left.abort()
        await expect(gone).rejects.toThrow(/abort/i)
        const watched = await Promise.all([one.worker, other].map(({ url }) => openStream(`${url}/sagas/${id}/watch`)))
        expect((await one.event(id, 'arrived')).json).toMatchObject({ outcome: 'parked' })
        for (const messageLabel of ['packed', 'shipped']) {
          const body = { key: id, value: { messageLabel, messagePayload: {} } }
          expect((await call(`${other.url}/event`, { body })).json).toMatchObject({ outcome: 'moved' })
        }
        const from = Date.now()
        for (const { json } of await Promise.all(waiting)) {
          expect(json).toMatchObject({ isFinal: true, currentState: 'arrived' })
        }
        expect(Date.now() - from).toBeLessThan(SEEN)
        for (const stream of watched) {
          await eventually(() => (stream.hasEnded() ? true : undefined), SEEN)
          const steps = namesOf(stream).filter((name) => name.startsWith('step'))
          expect(steps).toEqual(['step 0', 'step 1', 'step 2', 'step 3'])
        }
        // What one instance has begun, the other one goes on with.
        const rest = await openStream(`${other.url}/sagas/${id}/watch`, { 'last-event-id': '1' })
        await eventually(() => (rest.hasEnded() ? true : undefined))
        expect(namesOf(rest)).toEqual(['step 2', 'step 3', 'saga', 'end'])
      } finally {
        await other.stop()
      }
    } finally {
      await one.close()
      await server.close()
    }
  })
})
