import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { flood } from '../../testing/load/flood.ts'
import { call, eventually } from '../services/client.ts'
import { OverloadedService } from '../services/overload/overloaded-service.ts'

/** Creations that the store does not answer: more than the requests that it has in flight at once. */
const HANGING = ['hot-a', 'hot-b', 'hot-c', 'hot-d']
/** Lists at once. Each takes seconds in the store. */
const LISTS = 40

test.each(['start', 'start:deno', 'start:bun'] as const)(
  'I5 P16 %s: saves that the store does not answer, and lists that take seconds, hold up no other saga',
  { timeout: 120_000 },
  async (script) => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-slow-call-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const service = await OverloadedService.start({ folder, script, store: 'slow' })
    onTestFinished(() => service.stop())
    const { url } = service
    await service.slow.hang(HANGING)
    let answered = 0
    const stuck = HANGING.map((entity) => create(url, entity).finally(() => answered++))
    await eventually(async () => ((await service.slow.held()) === HANGING.length ? true : undefined))
    const lists = Array.from({ length: LISTS }, () => call(`${url}/sagas`))
    const {
      accepted,
      refused,
      late,
      unconnected,
      ids: created,
    } = await flood({
      url,
      rate: 60,
      sockets: 500,
      seconds: 5,
      deadline: 4_000,
    })
    expect({ refused, late, unconnected }).toEqual({ refused: [], late: 0, unconnected: 0 })
    expect(answered).toBe(0)
    expect(accepted.length).toBeGreaterThan(200)
    expect((await Promise.all(lists)).map(({ status }) => status)).toEqual(lists.map(() => 200))

    await service.slow.hang([])
    expect((await Promise.all(stuck)).filter((status) => status !== 200 && status !== 503)).toEqual([])
    const all = async () => {
      const sagas = await service.sagas()
      return sagas.length >= accepted.length && sagas.every(({ isFinal }) => isFinal) ? sagas : undefined
    }
    const ids = new Set((await eventually(all, 30_000)).map(({ sagaId }) => sagaId))
    expect(created.filter((id) => !ids.has(id))).toEqual([])
  },
)

async function create(url: string, entity: string): Promise<number> {
  return (await call(`${url}/saga`, { body: { associatedEntityId: entity, metadata: {} } })).status
}
