import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeKafka, kafka, lag } from '../services/kafka.ts'
import { makeBed } from './support/bed.ts'
import type { Bed } from './support/bed.ts'
import { startHere } from './support/here.ts'
import type { Here } from './support/here.ts'
import { event, Peer } from './support/peer.ts'
import { create, probe, reached } from './support/saga.ts'

/** More than a batch may unpack to, and for the broker a small record. */
const BOMB = 300 * 1024 * 1024
/** Longer than anybody waits who reads again. */
const WHILE = 2_000
const WHY = /a batch in zstd cannot be unpacked: .*268435456/

describeKafka('a batch that cannot be unpacked', () => {
  let bed: Bed
  let here: Here
  let peer: Peer

  beforeAll(async () => {
    bed = await makeBed({ partitions: 1 })
    here = await startHere(bed.file)
    peer = await Peer.join({ address: kafka.addresses.plaintext })
  })
  afterAll(async () => void (await Promise.all([peer?.close(), here?.stop()])))

  const errors = () => here.logged.filter(({ level }) => level === 'error')
  const joins = () => here.logged.filter(({ code }) => code === 'kafka.joined')

  test('P20 C7 ends the reading with one error line and a reason in the probe, and is not read again', async () => {
    const id = await create(here.ask)
    await peer.say([event(bed.events, id, 'validationOK')])
    await reached(here.ask, id, 'reservationValidated')
    await peer.say([{ topic: bed.events, key: id, value: Buffer.alloc(BOMB) }], 'zstd')
    await peer.say([event(bed.events, id, 'checkOK')])
    const why = await probe(here.ask, '/-/healthz', 503)
    expect(why).toMatch(WHY)
    await sleep(WHILE)
    expect(await probe(here.ask, '/-/healthz', 503)).toBe(why)
    expect(errors()).toMatchObject([{ code: 'kafka.consumer-down', fields: { why: expect.stringMatching(WHY) } }])
    expect(joins()).toHaveLength(1)
    expect(here.failed()).toBeUndefined()
    // Nothing is acknowledged that was not read, and the other door is open.
    expect(await lag(bed.group, bed.events)).toBe(2)
    await reached(here.ask, await create(here.ask), 'reservationCreated')
  })
})
