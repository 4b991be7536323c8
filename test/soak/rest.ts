import { setTimeout as sleep } from 'node:timers/promises'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { messageOf } from '../../src/errors.ts'
import type { Violation } from '../../testing/checker/observation.ts'
import { readSagas, readSagasAtRest } from '../crash/verdict.ts'
import { eventually } from '../services/client.ts'
import { leftWaiting } from '../services/waits.ts'
import type { Stage } from './deployment.ts'
import type { OrderDriver } from './order-driver.ts'

/** The sagas after the end of the faults. */
export interface Rest {
  readonly documents: ReadonlyMap<string, SagaDocument>
  readonly violations: readonly Violation[]
}

/** Most ms from the end of the faults until all sagas have ended, and from there until nothing waits any more. */
const [CALM, SETTLED] = [120_000, 60_000]
const READERS = 8

/** Waits until every saga has ended and nothing waits, in the store and around it, and reads the sagas then. */
export async function comeToRest(stage: Stage, driver: OrderDriver, driving: Promise<void>): Promise<Rest> {
  const violations: Violation[] = []
  const note = (thrown: unknown) => void violations.push({ rule: 'I9', why: messageOf(thrown) })
  driver.stop()
  const patience = new AbortController()
  const late = sleep(CALM, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`wait for calm: expected the end of every saga within ${CALM} ms of the last fault`)
  })
  await Promise.race([driving, late]).catch(note)
  patience.abort()
  driver.abort()
  const reading = { atOnce: READERS, within: SETTLED, rests: isAtRest }
  const ids = driver.created.map((creation) => ({ ...creation, at: 0, tries: 1, impatient: false }))
  const { documents } = await readSagasAtRest(stage.url(), ids, reading).catch(() =>
    readSagas(stage.url(), ids, READERS),
  )
  await eventually(async () => ((await stage.left()).length === 0 ? true : undefined)).catch(async () => {
    for (const why of await stage.left()) violations.push({ rule: 'I9', why })
  })
  return { documents, violations }
}

function isAtRest(document: SagaDocument): boolean {
  return document.isFinal && document.owed === undefined && leftWaiting(document).length === 0
}
