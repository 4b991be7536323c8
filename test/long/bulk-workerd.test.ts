import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../../scripts/workerd/bundle.ts'
import { eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { describeUpstash } from '../services/upstash-suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-edge-bulk-'))
let participant: Participant
beforeAll(async () => {
  await bundle(join(folder, 'worker.js'))
  participant = await startParticipant(() => ({ wait: 0 }))
})
afterAll(async () => {
  await participant.close()
  rmSync(folder, { recursive: true })
})

interface Operation {
  readonly id: string
  readonly status: string
  readonly kept: boolean
  readonly counts: { readonly done: number; readonly repeated: number }
}

describeUpstash('bulk operations and pauses on workerd', (upstash) => {
  /** The Worker without Durable Objects: nothing of it outlives a request. */
  async function start(): Promise<Miniflare> {
    const file = reservation(participant.port)
    const { url, token } = upstash()
    file.persistencyManagement = { type: 'upstash-redis', configurations: { url, token } }
    const contents = readFileSync(join(folder, 'worker.js'), 'utf8')
    const worker = new Miniflare({
      telemetry: { enabled: false },
      workers: [
        {
          config: {
            name: 'batuta',
            compatibilityDate: '2026-08-01',
            compatibilityFlags: ['enable_request_signal'],
            manifest: { mainModule: 'worker.js', modules: { 'worker.js': { type: 'esm', contents } } },
            env: {
              CONFIGURATION: { type: 'text', value: JSON.stringify(file) },
              LOG_LEVEL: { type: 'text', value: 'error' },
            },
          },
        },
      ],
    })
    await worker.ready
    return worker
  }

  test(
    'P19 P25 an operation goes on over requests and cron triggers, after the end of its isolate too',
    { timeout: 120_000 },
    async () => {
      const first = await start()
      const made = await Promise.all(Array.from({ length: 60 }, (_, at) => create(first, `order-${at}`)))
      const { id, kept } = await ask<Operation>(first, '/operations', {
        action: 'hold',
        filter: { isFinal: false },
        reason: 'an incident',
        rate: 20,
      })
      expect(kept).toBe(true)
      await eventually(async () =>
        (await ask<Operation>(first, `/operations/${id}`)).counts.done > 0 ? true : undefined,
      )
      await first.dispose()

      const second = await start()
      try {
        const worker = await second.getWorker()
        const ended = await eventually(async () => {
          await worker.scheduled({ cron: '* * * * *' })
          const operation = await ask<Operation>(second, `/operations/${id}`)
          return operation.status === 'done' ? operation : undefined
        }, 60_000)
        expect(ended.counts.done + ended.counts.repeated).toBe(made.length)
        for (const saga of made) {
          const { history } = await ask<{ history: { operations: object[] } }>(second, `/sagas/${saga}`)
          expect(history.operations).toMatchObject([{ id: `bulk/${id}`, action: 'hold' }])
        }
      } finally {
        await second.dispose()
      }
    },
  )

  test('P25 nothing is sent to a channel that another isolate has paused', { timeout: 60_000 }, async () => {
    const [first, second] = [await start(), await start()]
    try {
      const headers = { 'x-reason': 'maintenance' }
      const paused = await first.dispatchFetch('http://edge/channels/reservations/pause', { method: 'POST', headers })
      expect(await paused.json()).toMatchObject({ id: 'reservations', isPaused: true, kept: true })
      const worker = await second.getWorker()
      await worker.scheduled({ cron: '* * * * *' })
      const before = participant.received.length
      const saga = await create(second, 'paused')
      await worker.scheduled({ cron: '* * * * *' })
      expect(participant.received.length).toBe(before)
      expect(await ask(second, `/sagas/${saga}`)).toMatchObject({ owed: [{ channel: 'reservations' }] })
      await second.dispatchFetch('http://edge/channels/reservations/resume', { method: 'POST', headers })
      await eventually(async () => {
        await worker.scheduled({ cron: '* * * * *' })
        return participant.received.length > before ? true : undefined
      }, 20_000)
    } finally {
      await Promise.all([first.dispose(), second.dispose()])
    }
  })
})

async function ask<T>(worker: Miniflare, path: string, body?: object): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const posted = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
  const answer = await worker.dispatchFetch(`http://edge${path}`, posted)
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

async function create(worker: Miniflare, entity: string): Promise<string> {
  return (await ask<{ sagaId: string }>(worker, '/saga', { associatedEntityId: entity, metadata: {} })).sagaId
}
