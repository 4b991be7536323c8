import { runSaga } from '../../testing/load/run-saga.ts'
import { SagaEndings } from '../../testing/load/saga-endings.ts'
import { startParticipant } from '../../testing/load/participant.ts'
import { ServiceClient } from '../../testing/load/service-client.ts'
import { atPace } from './pace.ts'
import type { Pace } from './pace.ts'

/** Milliseconds until a saga must have ended. */
const PATIENCE = 30_000
const CONNECTIONS = 64
const EVENTS: Readonly<Record<string, string>> = { validateReservation: 'validationOK', checkReservation: 'checkOK' }

/** A participant, and sagas at a fixed rate. */
export interface MemoryLoad {
  readonly run: (url: string, pace: Pace) => Promise<void>
  readonly close: () => Promise<void>
}

/** The reservation over HTTP: three requests in and two commands out for each saga. */
export async function openHttpLoad(): Promise<MemoryLoad & { readonly port: number }> {
  const endings = new SagaEndings()
  const participant = await startParticipant({
    answer: ({ label }) => ({ label: EVENTS[label] ?? label, payload: { price: 50, table: 4 } }),
    emitted: ({ sagaId, currentState }) =>
      void (currentState === 'reservationConfirmed' && endings.ended(sagaId, currentState)),
    failed: (error) => {
      throw error
    },
  })
  return {
    port: participant.port,
    async run(url, pace) {
      const service = new ServiceClient(url, CONNECTIONS)
      participant.connect(service)
      await atPace(pace, async (number) => {
        const metadata = { reservation: number, guests: 2, name: 'Ada Lovelace' }
        const { state } = await runSaga(
          { service, endings, patience: PATIENCE },
          { associatedEntityId: `reservation-${number}`, metadata },
        )
        if (state === undefined) throw new Error(`lead a saga: expected its end within ${PATIENCE / 1_000} s`)
      })
      await service.close()
    },
    close: () => participant.close(),
  }
}
