import process from 'node:process'
import { Door } from '../../testing/load/door.ts'
import { Endings } from '../../testing/load/endings.ts'
import { startParticipant } from '../../testing/load/participant.ts'
import type { Participant } from '../../testing/load/participant.ts'
import { answer } from './reservation.ts'
import { startService } from './service.ts'
import type { Service } from './service.ts'

/** Everything that takes part, connected. */
export interface Stage {
  readonly service: Service
  readonly participant: Participant
  readonly door: Door
  readonly endings: Endings
  close(): Promise<void>
}

export async function openStage(atOnce: number): Promise<Stage> {
  const endings = new Endings()
  const finals = new Set<string>()
  const participant = await startParticipant({
    answer,
    emitted: ({ sagaId, currentState }) => void (finals.has(currentState) && endings.ended(sagaId, currentState)),
    failed: ({ message }) => process.stderr.write(`${message}\n`),
  })
  const service = await startService(participant.port)
  for (const { id, isFinal } of service.definition.states) if (isFinal) finals.add(id)
  const door = new Door(service.url, 2 * atOnce)
  participant.connect(door)
  return {
    service,
    participant,
    door,
    endings,
    async close() {
      await door.close() // first: nothing new comes in, and what the service still sends finds its participant
      await service.stop().catch(() => undefined) // it may be gone already: a terminal interrupts the whole group
      await participant.close()
    },
  }
}
