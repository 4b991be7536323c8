import { connect } from 'node:net'
import { Admin } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka, kafka, readAll } from '../services/kafka.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import { untilJoined } from './support/until-joined.ts'

/** A request that never ends. */
const BEGUN = 'POST /saga HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{'
/** Less than the thirty seconds of its requests. */
const SOON = 10_000

describeKafka('a worker that is stopped in the middle of a request', () => {
  test('C1.3 C4.6 leaves its group at once: other members need not wait for its request', async () => {
    const fixture = await makeFixture()
    const worker = await workerOf(fixture)
    const admin = new Admin({ clientId: 'operator', bootstrapBrokers: [kafka.addresses.plaintext] })
    const members = async () =>
      (await admin.describeGroups({ groups: [fixture.group] })).get(fixture.group)?.members.size
    await worker.start()
    const silent = connect({ port: worker.port, host: '127.0.0.1' }).on('error', () => undefined)
    try {
      await untilJoined(worker)
      await new Promise((resolve) => silent.write(BEGUN, resolve))
      expect(await members()).toBe(1)
      const ended = worker.terminate()
      await eventually(async () => ((await members()) === 0 ? true : undefined), SOON)
      expect(worker.group, 'it waits for the request').not.toEqual([])
      silent.destroy()
      expect(await ended).toEqual({ code: 0, signal: null })
    } finally {
      silent.destroy()
      await Promise.all([admin.close(), worker.stop()])
    }
  })

  test('C7 leaves its group first; a saga that is created in the wait after it is served, and its command sent', async () => {
    const fixture = await makeFixture()
    const worker = await workerOf(fixture, { WAIT_BEFORE_SERVER_CLOSE_SEC: '5' })
    const admin = new Admin({ clientId: 'operator', bootstrapBrokers: [kafka.addresses.plaintext] })
    const members = async () =>
      (await admin.describeGroups({ groups: [fixture.group] })).get(fixture.group)?.members.size
    await worker.start()
    try {
      await untilJoined(worker)
      const ended = worker.terminate()
      await eventually(async () => ((await members()) === 0 ? true : undefined), SOON)
      const created = await fetch(`${worker.url}/saga`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ associatedEntityId: 'x', metadata: {} }),
      })
      expect(created.status, 'it has left its group, and serves').toBe(200)
      const { sagaId } = (await created.json()) as { sagaId: string }
      expect(await ended).toEqual({ code: 0, signal: null })
      expect((await readAll(fixture.commands)).map(({ key }) => String(key))).toEqual([sagaId])
    } finally {
      await Promise.all([admin.close(), worker.stop()])
    }
  })
})
