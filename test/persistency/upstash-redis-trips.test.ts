import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { mergeFirstLevel } from '../../src/engine/merge.ts'
import { compile } from '../../src/machine/compile.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import type { Loaded } from '../../src/ports/persistency.ts'
import { birth, step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'
import { DELIVERED, fakeChannel } from '../fakes/channel.ts'
import { fakeMetrics } from '../fakes/metrics.ts'
import { describeRedis } from '../services/redis.ts'
import { stage } from './upstash-redis-stage.ts'

const FILE = new URL('../../examples/reservation/saga.json', import.meta.url)
const { machineDefinition } = JSON.parse(readFileSync(FILE, 'utf8')) as { machineDefinition: MachineDefinition }

describeRedis('round trips of upstash-redis', () => {
  const the = stage()
  const since = () => {
    const before = the.upstash.requests.length
    return () => the.upstash.requests.slice(before)
  }

  test('an event whose head is remembered is one round trip, and so is a creation', async () => {
    const store = the.fresh()
    await create(store) // the script is known now
    const channel = fakeChannel('reservations')
    channel.always(DELIVERED)
    const orchestrator = new Orchestrator({
      machine: compile(machineDefinition, { merge: mergeFirstLevel, leaseOf: () => 15_000 }),
      persistency: store,
      channels: new Map([[channel.id, channel]]),
      runtime: nodeRuntime('silent'),
      metrics: fakeMetrics(),
      unexpectedEvents: 'ignore',
    })
    const creating = since()
    const created = await orchestrator.create({ id: 's1', entity: 'e', metadata: {} })
    expect([created.kind, creating()]).toEqual(['created', [1]])
    for (const label of ['validationOK', 'checkOK']) {
      const telling = since()
      const outcome = await orchestrator.handle({ id: label, sagaId: 's1', label, payload: {} })
      expect([outcome.kind, telling()]).toEqual(['moved', [1]])
    }
    await orchestrator.stop(0)
  })

  test('P20 saves that meet go as one pipeline, creations and steps alike', async () => {
    const store = the.fresh()
    const sagas = await Promise.all(Array.from({ length: 32 }, () => create(store)))
    const meeting = since()
    const answers = await Promise.all([
      ...sagas.map(({ saga, basis }) => save(store, step(saga, 'reserved'), basis)),
      ...sagas.map(() => save(store, birth(), 'absent')),
    ])
    expect(answers.every(({ kind }) => kind === 'saved')).toBe(true)
    expect(meeting()).toEqual([64])
  })

  test('where requests may not share anything, each save is one of its own', async () => {
    const store = the.fresh({ group: false })
    const meeting = since()
    const made = await Promise.all([create(store), create(store), create(store)])
    expect(meeting()).toEqual([1, 1, 1])
    the.upstash.spoil('lost answer')
    await expect(move(store, made[0] as Loaded, 'reserved')).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  test('what comes while requests are under way goes together in the next one', async () => {
    const store = the.fresh()
    const meeting = since()
    const saves: Promise<unknown>[] = []
    for (let n = 0; n < 40; n++) {
      saves.push(create(store))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(saves)
    expect(meeting().reduce((all, one) => all + one)).toBe(40)
    expect(meeting().length).toBeLessThan(40)
  })

  test('P24 a request carries a megabyte of sagas at most, or one', async () => {
    const store = the.fresh()
    const large = { text: 'x'.repeat(600_000) }
    const meeting = since()
    await Promise.all([create(store), create(store), ...[1, 2, 3].map(() => create(store, { metadata: large }))])
    expect(meeting().toSorted((one, other) => one - other)).toEqual([1, 1, 3])
  })

  test('what was asked for before it is closed is written', async () => {
    const store = the.fresh()
    const saves = Array.from({ length: 300 }, () => save(store, birth(), 'absent'))
    await store.close()
    expect((await Promise.all(saves)).every(({ kind }) => kind === 'saved')).toBe(true)
  })
})
