import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../../scripts/workerd/bundle.ts'
import { crudService } from '../fakes/crud-service.ts'
import { storeOf } from '../persistency/crud-scene.ts'
import { CONFIRMS, follows } from '../services/behaviour.ts'
import { call, eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-fleet-'))
beforeAll(() => bundle(join(folder, 'worker.js')))
afterAll(() => rmSync(folder, { recursive: true }))

/** The Worker with Durable Objects: the alarm of each serves its own saga alone. */
function edge(configuration: string): Miniflare {
  const contents = readFileSync(join(folder, 'worker.js'), 'utf8')
  return new Miniflare({
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: 'batuta',
          compatibilityDate: '2026-08-01',
          compatibilityFlags: ['enable_request_signal'],
          manifest: { mainModule: 'worker.js', modules: { 'worker.js': { type: 'esm', contents } } },
          env: {
            CONFIGURATION: { type: 'text', value: configuration },
            LOG_LEVEL: { type: 'text', value: 'silent' },
            SAGAS: { type: 'durable-object', worker: 'batuta', exportName: 'Sagas' },
          },
          exports: { Sagas: { type: 'durable-object', storage: 'sqlite' } },
        },
      },
    ],
  })
}

const LOOKS = [
  ['a cron trigger', async (on: Miniflare) => void (await (await on.getWorker()).scheduled({ cron: '* * * * *' }))],
  ['a look that rides on a probe', async (on: Miniflare) => void (await on.dispatchFetch('http://edge/-/ready'))],
] as const

test.each(LOOKS)(
  'P19 I2 I9 a Worker with objects sends the commands that a Node worker left: by %s',
  async (_, look) => {
    const service = await crudService()
    const participant = await startParticipant(follows(CONFIRMS))
    const { host, port } = service
    const configuration = JSON.stringify(
      reservation(participant.port, (file) => {
        for (const channel of file.communicationProtocols) channel.configurations['timeout'] = 'PT1S'
        file.persistencyManagement = { type: 'crud', configurations: { host, port, collectionName: 'sagas' } }
      }),
    )
    const node = await Worker.start({ script: 'start', configuration })
    let objects: Miniflare | undefined
    try {
      await participant.shut()
      const body = { associatedEntityId: 'table-4', metadata: {} }
      const { sagaId } = (await call(`${node.url}/saga`, { body })).json as { sagaId: string }
      const { recovery } = storeOf(service).can
      const isDue = async (within: number) =>
        recovery.by === 'sweep' && (await recovery.findDue(Date.now() + within, 1)).length > 0 ? true : undefined
      await eventually(() => isDue(1_000)) // the backoff before the next attempt, no lease
      await node.kill()
      await eventually(() => isDue(0))
      await participant.open()

      objects = edge(configuration)
      participant.reports(String(await objects.ready).replace(/\/$/, ''))
      await look(objects)
      await eventually(() => participant.received[1])
      expect(participant.received.map(({ key }) => key)).toEqual([`${sagaId}/0/0`, `${sagaId}/1/0`])
      const saga = async () => (await storeOf(service).document(sagaId))?.currentState
      await eventually(async () => ((await saga()) === 'reservationConfirmed' ? true : undefined))
    } finally {
      await objects?.dispose()
      await node.stop()
      await Promise.all([participant.close(), service.close()])
    }
  },
)
