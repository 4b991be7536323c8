import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { pathProblems } from '../../testing/checker/path.ts'
import { readExample, writeExample } from '../../testing/load/example.ts'
import { startParticipant } from '../../testing/load/participant.ts'
import { ServiceClient } from '../../testing/load/service-client.ts'
import { startWorker } from '../../testing/load/worker-process.ts'
import type { PowerLoss } from '../../testing/power/power-losses.ts'
import { eventually } from '../services/client.ts'
import { EVENT_OF } from './durable-run.ts'

const WORKER = fileURLToPath(new URL('../../workers/node.ts', import.meta.url))
const { machineDefinition: MACHINE } = readExample()
const CONNECTIONS = 8
const WITHIN = 60_000

/**
 * Every problem of a store after a power loss: pages that do not fit, acknowledged sagas or events that are not there (I1), and sagas that
 * a service on this store does not end (I9).
 */
export async function problemsAfter(loss: PowerLoss, folder: string): Promise<readonly string[]> {
  const place = `line ${loss.line}`
  const looked = copyOf(loss, join(folder, 'looked-at'))
  const read = copyOf(loss, join(folder, 'read'))
  const problems = [
    ...integrityProblems(looked),
    ...(await missing(loss, read)),
    ...(await serviceProblems(loss, join(folder, 'served'))),
  ]
  return problems.map((problem) => `${place}: ${problem}`)
}

/** Path of the store's file. */
function copyOf({ files }: PowerLoss, folder: string): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of files) writeFileSync(join(folder, name), content, { mode: 0o600 })
  return join(folder, 'batuta.sqlite')
}

function integrityProblems(path: string): readonly string[] {
  const database = new DatabaseSync(path)
  const rows = database.prepare('PRAGMA integrity_check').all() as { readonly integrity_check: string }[]
  database.close()
  return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok')
}

async function missing(loss: PowerLoss, path: string): Promise<readonly string[]> {
  const store = openSqlite({ path, random: Math.random })
  try {
    return await missingFrom(loss, (sagaId) => store.document(sagaId))
  } finally {
    await store.close()
  }
}

async function missingFrom(
  { created, moved }: PowerLoss,
  read: (sagaId: string) => Promise<SagaDocument | undefined>,
): Promise<readonly string[]> {
  const documents = new Map<string, SagaDocument>()
  const problems: string[] = []
  for (const sagaId of created) {
    const document = await read(sagaId)
    if (document === undefined) problems.push(`the acknowledged saga "${sagaId}" is not there`)
    else documents.set(sagaId, document)
  }
  for (const { sagaId, state } of moved) {
    const entered = documents.get(sagaId)?.history.states.some((one) => one.state === state)
    if (entered !== true) problems.push(`the saga "${sagaId}" is not in "${state}" any more, which was acknowledged`)
  }
  return problems
}

/** Starts the service on the store, and leads every saga to its end as its participants would. */
async function serviceProblems(loss: PowerLoss, folder: string): Promise<readonly string[]> {
  copyOf(loss, folder)
  const participant = await startParticipant({
    answer: ({ label }) => ({ label: label === 'validateReservation' ? 'validationOK' : 'checkOK', payload: {} }),
    emitted: () => undefined,
    failed: ({ message }) => process.stderr.write(`${message}\n`),
  })
  const { path } = writeExample({ folder, participantPort: participant.port, store: 'sqlite' })
  const service = await startWorker({
    command: [process.execPath, WORKER],
    variables: { CONFIGURATIONS_FILE_PATH: path, DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
  const client = new ServiceClient(service.url, CONNECTIONS)
  participant.connect(client)
  try {
    return await endProblems(client, loss)
  } finally {
    await client.close()
    await service.stop()
    await participant.close()
  }
}

async function endProblems(client: ServiceClient, loss: PowerLoss): Promise<readonly string[]> {
  await eventually(async () => {
    const open = await openSagas(client)
    await Promise.all(open.map((saga) => repeatAnswer(client, saga)))
    return open.length === 0 ? true : undefined
  }, WITHIN)
  const read = (sagaId: string) =>
    client.get<SagaDocument>(`/sagas/${encodeURIComponent(sagaId)}`).catch(() => undefined)
  const documents = await Promise.all([...loss.created].map(read))
  return [
    ...(await missingFrom(loss, read)),
    ...documents.flatMap((document) => (document === undefined ? [] : pathProblems(MACHINE, document))),
  ]
}

interface OpenSaga {
  readonly sagaId: string
  readonly currentState: string
}

async function openSagas(client: ServiceClient): Promise<readonly OpenSaga[]> {
  const { items } = await client.get<{ readonly items: readonly OpenSaga[] }>('/sagas?isFinal=false&limit=200')
  return items
}

/** A participant whose event was not acknowledged before the loss repeats it. An event that was lost has never been acknowledged. */
async function repeatAnswer(client: ServiceClient, { sagaId, currentState }: OpenSaga): Promise<void> {
  const next = currentState === MACHINE.initialState ? 'reservationValidated' : 'reservationConfirmed'
  const label = EVENT_OF[next] ?? ''
  await client.emit({ sagaId, label, payload: {}, key: `${sagaId}/${label}` })
}
