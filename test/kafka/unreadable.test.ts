import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeKafka, kafka, lag } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { event, KafkaPeer } from './support/kafka-peer.ts'
import { create, probe, reached } from './support/saga.ts'

/** A record that unpacks to more than a batch may, and is small for the broker. */
const BOMB = 300 * 1024 * 1024
/** Longer than the wait before a consumer reads again. */
const WHILE = 2_000
const WHY = /a batch in zstd cannot be unpacked: .*268435456/

describeKafka('a batch that cannot be unpacked', () => {
  let fixture: KafkaFixture
  let here: InProcessService
  let peer: KafkaPeer

  beforeAll(async () => {
    fixture = await makeFixture({ partitions: 1 })
    here = await startInProcess(fixture.file)
    peer = await KafkaPeer.join({ address: kafka.addresses.plaintext })
  })
  afterAll(async () => void (await Promise.all([peer?.close(), here?.stop()])))

  const errors = () => here.logged.filter(({ level }) => level === 'error')
  const joins = () => here.logged.filter(({ code }) => code === 'kafka.joined')

  test('P20 C7 ends the reading with one error line and a reason in the probe, and is not read again', async () => {
    const id = await create(here.ask)
    await peer.say([event(fixture.events, id, 'validationOK')])
    await reached(here.ask, id, 'reservationValidated')
    await peer.say([{ topic: fixture.events, key: id, value: Buffer.alloc(BOMB) }], 'zstd')
    await peer.say([event(fixture.events, id, 'checkOK')])
    const why = await probe(here.ask, '/-/healthz', 503)
    expect(why).toMatch(WHY)
    await sleep(WHILE)
    expect(await probe(here.ask, '/-/healthz', 503)).toBe(why)
    expect(errors()).toMatchObject([{ code: 'kafka.consumer-down', fields: { why: expect.stringMatching(WHY) } }])
    expect(joins()).toHaveLength(1)
    expect(here.failed()).toBeUndefined()
    // Unread records are not committed, and the HTTP door works.
    expect(await lag(fixture.group, fixture.events)).toBe(2)
    await reached(here.ask, await create(here.ask), 'reservationCreated')
  })
})
