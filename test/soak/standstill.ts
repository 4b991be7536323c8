import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { call } from '../services/client.ts'
import type { Stage } from './deployment.ts'
import type { OrderDriver } from './order-driver.ts'

/** Sagas that are read for the report. */
const SHOWN = 20
/** Most ms of each question: what stands still may not answer either. */
const PATIENCE = 10_000

/**
 * Lines on a standstill as it is, since later nothing of it is left: readiness, consumer groups, and each saga that has not ended with
 * what it waits for. Never rejects.
 */
export async function standstillLines(stage: Stage, driver: OrderDriver): Promise<readonly string[]> {
  const open = driver.open.slice(0, SHOWN)
  const sagas = open.map((sagaId) => asked(`saga ${sagaId}`, documentLine(stage, sagaId)))
  const ready = asked('readiness', readinessLine(stage))
  const around = asked('surroundings', stage.surroundings())
  return (await Promise.all([ready, around, ...sagas])).flat()
}

async function readinessLine({ url }: Stage): Promise<readonly string[]> {
  const { status, text } = await call(`${url()}/-/ready`)
  return [`readiness: ${status} ${text}`]
}

async function documentLine({ url }: Stage, sagaId: string): Promise<readonly string[]> {
  const { status, text, json } = await call(`${url()}/sagas/${sagaId}`)
  return [status === 200 ? sagaLine(json as SagaDocument, Date.now()) : `saga ${sagaId}: ${status} ${text}`]
}

/** State, seconds since the last step, and all that waits. */
export function sagaLine(saga: SagaDocument, now: number): string {
  const { sagaId, currentState, owed, parked, timer, hold, delivered } = saga
  const last = saga.history.states.at(-1)?.timestamp ?? ''
  const age = ((now - Date.parse(last)) / 1_000).toFixed(1)
  return `saga ${sagaId}: "${currentState}" for ${age} s: ${JSON.stringify({ owed, parked, timer, hold, delivered })}`
}

async function asked(what: string, answer: Promise<readonly string[]>): Promise<readonly string[]> {
  const late = new Promise<readonly string[]>((resolve) => {
    setTimeout(() => resolve([`${what}: no answer within ${PATIENCE} ms`]), PATIENCE).unref()
  })
  return Promise.race([answer.catch((thrown: unknown) => [`${what}: ${String(thrown)}`]), late])
}
