import { expect, test } from 'vitest'
import { call } from '../services/client.ts'
import { describeRedis } from '../services/redis.ts'
import { Worker } from '../services/worker.ts'
import { RunningWorker } from '../runtime/conformance/stage.ts'
import { withParking } from '../runtime/conformance/waits.ts'
import { redis } from './servers.ts'

/** The longest interval at which an instance looks at a saga that another one may end, with room for a busy machine. */
const SEEN = 15_000

describeRedis('two instances on one store', () => {
  test('C7 P10 a wait at one of them sees the end that the other one brings; an event parked at one is taken at the other', async () => {
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
      } finally {
        await other.stop()
      }
    } finally {
      await one.close()
      await server.close()
    }
  })
})
