import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { call, eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { freePort } from '../services/processes.ts'
import { reservation } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'
import { batuta, NODES } from '../unit/cli/run.ts'
import type { Ended } from '../unit/cli/run.ts'

const [, node = 'node'] = NODES.at(-1) ?? []
const TOKEN = 'the-token'
const BEARER = { authorization: `Bearer ${TOKEN}` }

describe('batuta verify', () => {
  let participant: Participant
  let worker: Worker
  let ids: readonly string[]

  beforeAll(async () => {
    participant = await startParticipant()
    const file = reservation(
      participant.port,
      (one) => (one.settings = { unexpectedEvents: 'park', parking: { limit: 7 } }),
    )
    const configuration = JSON.stringify(file)
    worker = await Worker.start({ script: 'start', configuration, environment: { API_TOKEN: TOKEN } })
    ids = await Promise.all(Array.from({ length: 300 }, create))
    await Promise.all(ids.slice(0, 100).map((id) => tell(id, 'validationOK')))
    await Promise.all(ids.slice(0, 100).map((id) => tell(id, 'checkOK')))
    await eventually(async () => {
      const { json } = await call(`${worker.url}/sagas?has=owed`, { headers: BEARER })
      return (json as { items: readonly unknown[] }).items.length === 0 ? true : undefined
    })
  })
  afterAll(async () => {
    await worker.stop()
    await participant.close()
  })

  async function create(): Promise<string> {
    const body = { associatedEntityId: 'table', metadata: { guests: 2 } }
    const { json } = await call(`${worker.url}/saga`, { body, headers: BEARER })
    return (json as { sagaId: string }).sagaId
  }

  async function tell(key: string, messageLabel: string): Promise<void> {
    const body = { key, value: { messageLabel, messagePayload: {} } }
    expect((await call(`${worker.url}/event`, { body, headers: BEARER })).status).toBe(200)
  }

  const byUrl = (...args: readonly string[]) =>
    batuta(node, ['verify', '--url', worker.url, ...args], { API_TOKEN: TOKEN })
  const byStore = (...args: readonly string[]): Promise<Ended> =>
    batuta(node, ['verify', '--store', join(worker.folder, 'saga.json'), ...args], {
      DATA_PATH: join(worker.folder, 'data'),
    })

  test('I1 I2 I3 I4 a sound deployment: over HTTP, and of its file beside it', { timeout: 180_000 }, async () => {
    for (const verify of [byUrl, byStore]) {
      const { code, stdout, stderr } = await verify()
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toBe('300 sagas, 0 violations, 0 unreadable, 0 commands owed, 0 stale\n')
      const strict = await verify('--older-than', 'PT0.001S', '--strict', '--json')
      expect(strict.code).toBe(1)
      expect(JSON.parse(strict.stdout)).toMatchObject({
        sagas: 300,
        violated: {},
        stale: { count: 200 },
        otherMachines: 0,
      })
    }
    const before = (await call(`${worker.url}/sagas/${ids[0]}`, { headers: BEARER })).json as SagaDocument
    await byStore()
    expect((await call(`${worker.url}/sagas/${ids[0]}`, { headers: BEARER })).json).toEqual(before)
  })

  test('exits with 2 where not all could be read', { timeout: 180_000 }, async () => {
    const answers = await Promise.all([
      batuta(node, ['verify', '--url', `http://127.0.0.1:${await freePort()}`]),
      batuta(node, ['verify', '--url', worker.url]),
      batuta(node, ['verify', '--store', join(worker.folder, 'none.json')]),
      batuta(node, ['verify', '--store', join(worker.folder, 'data')]),
      batuta(node, ['verify', '--store', join(worker.folder, 'data', 'batuta.sqlite')]),
      byUrl('--store', 'saga.json'),
      byUrl('--older-than', 'soon'),
    ])
    expect(answers.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2, 2])
    expect(answers.map(({ stderr }) => stderr).join('')).toMatch(
      /ECONNREFUSED[^]*\(401\); set API_TOKEN[^]*none.json[^]*found a store, expected the saga.json[^]*one of them/,
    )
  })

  test('I3 P20 a file that was changed by hand: the rule, the saga, exit code 1', { timeout: 180_000 }, async () => {
    await worker.kill()
    const [moved = '', damaged = ''] = ids
    const db = new DatabaseSync(join(worker.folder, 'data', 'batuta.sqlite'))
    const key = '(SELECT key FROM sagas WHERE id = ?)'
    db.prepare(`UPDATE history SET label = 'strange' WHERE saga = ${key} AND label = 'checkOK'`).run(moved)
    db.prepare("UPDATE sagas SET head = 'x' WHERE id = ?").run(damaged)
    db.close()
    const { code, stdout } = await byStore('--json')
    expect(code).toBe(1)
    const found = JSON.parse(stdout) as { violations: object[]; unreadable: object }
    expect(found.violations).toContainEqual(expect.objectContaining({ rule: 'I3', sagaId: moved }))
    expect(found.unreadable).toMatchObject({ count: 1, first: [{ sagaId: damaged }] })
  })
})
