import process from 'node:process'
import { ServiceClient } from '../../../testing/load/service-client.ts'
import { SagaEndings } from '../../../testing/load/saga-endings.ts'
import { startParticipant } from '../../../testing/load/participant.ts'
import { runSaga } from '../../../testing/load/run-saga.ts'
import { writeExample } from '../../../testing/load/example.ts'
import { invitation } from '../invitation.ts'
import { ownFolder, startDemoService } from '../demo-service.ts'
import type { DemoStage } from '../stage.ts'
import { answer, expectedState, reservation } from './reservation.ts'

/** The command that starts each worker. */
const STARTS = { node: 'npm start', deno: 'deno task start' } as const

/** The service, and its participants on a socket of their own. */
export async function openStage(atOnce: number, worker: 'node' | 'deno' = 'node'): Promise<DemoStage> {
  const endings = new SagaEndings()
  const finals = new Set<string>()
  const participant = await startParticipant({
    answer,
    emitted: ({ sagaId, currentState }) => void (finals.has(currentState) && endings.ended(sagaId, currentState)),
    failed: ({ message }) => process.stderr.write(`${message}\n`),
  })
  const folder = ownFolder()
  const service = await startDemoService(worker, folder, writeExample({ folder, participantPort: participant.port }))
  for (const { id, isFinal } of service.definition.states) if (isFinal) finals.add(id)
  const door = new ServiceClient(service.url, 2 * atOnce)
  participant.connect(door)
  return {
    reservation,
    expectedState,
    service,
    door,
    lead: (creation, patience) => runSaga({ service: door, endings, patience }, creation),
    figures() {
      const { received, repeated } = participant
      return [['commands', `${received - repeated} sent, ${repeated} sent again`]]
    },
    invitation() {
      const others = `its participant on http://127.0.0.1:${participant.port}/commands`
      return invitation(service.url, others, '  Ctrl-C stops both.')
    },
    next() {
      const { folder: place } = service
      return [
        `  The same sagas again: CONFIGURATIONS_FILE_PATH=${place}/saga.json DATA_PATH=${place} ${STARTS[worker]}`,
      ]
    },
    async close() {
      await door.close() // first: the service gets no new requests, and its last commands still reach the participant
      await service.stop().catch(() => undefined) // it may have exited: a terminal interrupts the whole process group
      await participant.close()
    },
  }
}
