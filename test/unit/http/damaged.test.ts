import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { openSqlite } from '../../../adapters/persistency/sqlite.ts'
import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import { createApp } from '../../../src/http/app.ts'
import { compile } from '../../../src/machine/compile.ts'
import { assemble } from '../../../src/orchestrator/assemble.ts'
import { NumberGuard } from '../../../src/orchestrator/events/number-guard.ts'
import { reportUnreadableOnce } from '../../../src/orchestrator/observability/unreadable-sagas.ts'
import { DELIVERED, fakeChannel } from '../../fakes/channel.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { MACHINE } from './test-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-damaged-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('P20 I2 one damaged saga is logged and counted once, listed, and 500; the commands of other sagas are sent', async () => {
  const path = join(folder, 'saga.db')
  const [runtime, metrics, channel] = [simulatedRuntime(), fakeMetrics(), fakeChannel('desk')]
  const open = () => openSqlite({ path, random: Math.random, passOver: reportUnreadableOnce(runtime.log, metrics) })
  const start = (persistency: ReturnType<typeof open>) => {
    const machine = compile(MACHINE, { merge: mergeFirstLevel, leaseOf: () => 15_000 })
    const host = { runtime, metrics, unexpectedEvents: 'ignore' as const }
    return assemble({ ...host, machine, persistency, channels: new Map([['desk', channel]]) })
  }
  const first = open()
  const order = (id: string) => ({ id, entity: 'e', metadata: {} })
  channel.always({ kind: 'unreachable', why: 'nobody is there' })
  const before = start(first)
  for (const id of ['spoilt', 'sound']) await before.create(order(id))
  await before.stop(1_000)
  await first.close()
  const tool = new DatabaseSync(path)
  tool.exec(`UPDATE sagas SET head = '{"entity' WHERE id = 'spoilt'`)
  tool.close()

  channel.always(DELIVERED)
  const sent = channel.begun.length
  const store = open()
  const corridor = start(store)
  for (let times = 0; times < 3; times++) {
    let hasLooked = false
    const looking = corridor.look().then(() => (hasLooked = true))
    while (!hasLooked) await Promise.all([runtime.advance(1), setImmediate()]) // the sweep pauses between pages
    await looking
  }
  expect(channel.begun.slice(sent).map(({ sagaId }) => sagaId)).toEqual(['sound'])
  const named = runtime.logged.filter(({ fields }) => (fields as { saga?: string } | undefined)?.saga === 'spoilt')
  expect(named.filter(({ code }) => code === 'saga.unreadable')).toHaveLength(1)
  expect(metrics.times('count saga-unreadable')).toBe(1)

  const probe = async () => ({ ok: true }) as const
  const shown = { machine: undefined, configuration: undefined }
  const app = createApp({
    corridor,
    runtime,
    metrics,
    shown,
    store: 'sqlite',
    tokens: {},
    basePath: '',
    sagaIdPrefix: '',
    handedOnHeaders: [],
    bodyLimit: 1_000_000,
    bodiesLimit: 8_000_000,
    bodyTimeout: 1_000,
    numbers: new NumberGuard({ policy: 'accept', metrics, log: runtime.log }),
    ready: probe,
  })
  const list = (await (await app.request('/sagas')).json()) as { items: { sagaId: string; unreadable?: string }[] }
  expect(list.items).toHaveLength(2)
  expect(list.items).toContainEqual({ sagaId: 'spoilt', unreadable: expect.stringContaining('head is damaged') })
  const body = (id: string) => ({ key: id, value: { messageLabel: 'answered', messagePayload: {} } })
  const post = (id: string) =>
    app.request('/event', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body(id)),
    })
  for (const answer of [await app.request('/sagas/spoilt'), await post('spoilt')]) {
    expect(answer.status).toBe(500)
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('the saga "spoilt" is damaged') })
  }
  expect((await post('sound')).status).toBe(200)
  await corridor.stop(1_000)
  await store.close()
})
