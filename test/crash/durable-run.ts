import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { checkDurable } from '../../testing/checker/durable.ts'
import type { DurabilityVerdict } from '../../testing/checker/durable.ts'
import { ServiceClient } from '../../testing/load/service-client.ts'
import { SagaEndings } from '../../testing/load/saga-endings.ts'
import { writeExample } from '../../testing/load/example.ts'
import { runSaga, sideBySide } from '../../testing/load/run-saga.ts'
import { startParticipant } from '../../testing/load/participant.ts'
import type { Participant } from '../../testing/load/participant.ts'
import { startWorker } from '../../testing/load/worker-process.ts'

const WORKER = fileURLToPath(new URL('../../workers/node.ts', import.meta.url))
const CALLS = 'trace=pwrite64,fdatasync,fsync,ftruncate,unlink,write,writev,sendto,sendmsg'
/** Label of the event that leads to a state. */
export const EVENT_OF: Readonly<Record<string, string>> = {
  reservationValidated: 'validationOK',
  reservationConfirmed: 'checkOK',
}
const AT_ONCE = 16
const PATIENCE = 30_000

/** True if strace is installed and permitted. */
export function canTrace(): boolean {
  return spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0
}

/** Runs sagas on the service over SQLite under strace, and checks by its system calls that every answer follows its sync. */
export async function runTraced(folder: string, sagas: number): Promise<DurabilityVerdict> {
  return checkDurable(await traceOf(folder, sagas), { eventOf: EVENT_OF })
}

/** Runs sagas on the service over SQLite, whose files are in the folder; resolves with the lines of strace. */
export async function traceOf(folder: string, sagas: number): Promise<readonly string[]> {
  const endings = new SagaEndings()
  const participant = await confirmingParticipant(endings)
  const { path } = writeExample({ folder, participantPort: participant.port, store: 'sqlite' })
  const trace = join(folder, 'trace')
  const service = await startWorker({
    command: ['strace', '-f', '-y', '-s', '70000', '-e', CALLS, '-o', trace, process.execPath, WORKER],
    variables: { CONFIGURATIONS_FILE_PATH: path, DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
  const door = new ServiceClient(service.url, 2 * AT_ONCE)
  participant.connect(door)
  let left = sagas
  try {
    await sideBySide(AT_ONCE, async () => left-- > 0 && (await confirmed(door, endings, left)))
  } finally {
    await door.close()
    await service.stop()
    await participant.close()
  }
  return readFileSync(trace, 'latin1').split('\n')
}

function confirmingParticipant(endings: SagaEndings): Promise<Participant> {
  return startParticipant({
    answer: ({ label }) => ({ label: label === 'validateReservation' ? 'validationOK' : 'checkOK', payload: {} }),
    emitted({ sagaId, currentState }) {
      if (currentState === 'reservationConfirmed') endings.ended(sagaId, currentState)
    },
    failed: ({ message }) => process.stderr.write(`${message}\n`),
  })
}

async function confirmed(door: ServiceClient, endings: SagaEndings, number: number): Promise<boolean> {
  const creation = { associatedEntityId: `reservation-${number}`, metadata: { reservation: number } }
  const { state, sagaId } = await runSaga({ service: door, endings, patience: PATIENCE }, creation)
  if (state === undefined) throw new Error(`lead the saga "${sagaId}": expected its end within ${PATIENCE / 1_000} s`)
  return true
}
