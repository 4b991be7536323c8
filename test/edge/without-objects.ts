import { readFileSync } from 'node:fs'
import { Miniflare } from 'miniflare'
import type { CrudService } from '../fakes/crud-service.ts'
import type { Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'

/** Parts of `startWithoutObjects`. */
export interface WithoutObjects {
  /** Path of the bundled Worker. */
  readonly bundle: string
  readonly service: CrudService
  readonly participant: Participant
}

/** The Worker without Durable Objects, with its sagas in the CRUD Service. */
export async function startWithoutObjects({ bundle, service, participant }: WithoutObjects): Promise<Miniflare> {
  const file = reservation(participant.port, ({ communicationProtocols: [channel] }) => {
    Object.assign(channel?.configurations ?? {}, { timeout: 'PT1S' })
  })
  const { host, port } = service
  file.persistencyManagement = { type: 'crud', configurations: { host, port, collectionName: 'sagas' } }
  const contents = readFileSync(bundle, 'utf8')
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
            LOG_LEVEL: { type: 'text', value: 'silent' },
          },
        },
      },
    ],
  })
  participant.reports(String(await worker.ready).replace(/\/$/, ''))
  return worker
}
