import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../../scripts/workerd/bundle.ts'
import { crudService } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { CONFIRMS, follows } from '../services/behaviour.ts'
import { eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { startWithoutObjects } from './without-objects.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-edge-'))
let service: CrudService
let participant: Participant
beforeAll(async () => {
  await bundle(join(folder, 'worker.js'))
  service = await crudService()
  participant = await startParticipant(() => ({ wait: 60_000 }))
})
afterAll(async () => {
  await Promise.all([service.close(), participant.close()])
  rmSync(folder, { recursive: true })
})

test('P19 I2 I7 I9 without objects a cron trigger sends the commands that a dead isolate left', async () => {
  const first = await startWithoutObjects({ bundle: join(folder, 'worker.js'), service, participant })
  const body = JSON.stringify({ associatedEntityId: 'table-4', metadata: {} })
  const headers = { 'content-type': 'application/json' }
  const created = await first.dispatchFetch('http://edge/saga', { method: 'POST', headers, body })
  const { sagaId } = (await created.json()) as { sagaId: string }
  await eventually(() => participant.received[0])
  await first.dispose() // while it sends

  participant.behaves(follows(CONFIRMS))
  const second = await startWithoutObjects({ bundle: join(folder, 'worker.js'), service, participant })
  try {
    const worker = await second.getWorker()
    await eventually(async () => {
      await worker.scheduled({ cron: '* * * * *' })
      return participant.received.length > 1 ? true : undefined
    }, 15_000)
    const document = await eventually(async () => {
      const found = (await (await second.dispatchFetch(`http://edge/sagas/${sagaId}`)).json()) as { isFinal: boolean }
      return found.isFinal ? found : undefined
    })
    expect(document).toMatchObject({ currentState: 'reservationConfirmed' })
    expect(participant.received.map(({ key }) => key)).toEqual([`${sagaId}/0/0`, `${sagaId}/0/0`, `${sagaId}/1/0`])
  } finally {
    await second.dispose()
  }
}, 60_000)
