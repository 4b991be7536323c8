import { setTimeout as sleep } from 'node:timers/promises'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { messageOf } from '../../src/errors.ts'
import type { Violation } from '../../testing/checker/observation.ts'
import { readSagas, readSagasAtRest } from '../crash/verdict.ts'
import { call, eventually } from '../services/client.ts'
import { leftWaiting } from '../services/waits.ts'
import type { Stage } from './deployment.ts'
import type { OrderDriver } from './order-driver.ts'
import { standstillLines } from './standstill.ts'

/** The sagas after the end of the faults. */
export interface Rest {
  /** Absent where the service does not answer any more. */
  readonly documents: ReadonlyMap<string, SagaDocument> | undefined
  readonly violations: readonly Violation[]
}

export interface RestingRun {
  readonly stage: Stage
  readonly driver: OrderDriver
  /** The run of the driver. */
  readonly driving: Promise<void>
  readonly log: (line: string) => void
}

/** Most ms from the end of the faults until all sagas have ended, and from there until nothing waits any more. */
const [CALM, SETTLED] = [120_000, 60_000]
const READERS = 8

/**
 * Waits until every saga has ended and nothing waits, in the store and around it, and reads the sagas then. Where that does not come, it
 * tells `log` what stands.
 */
export async function comeToRest({ stage, driver, driving, log }: RestingRun): Promise<Rest> {
  try {
    await calm(driver, driving)
    return { documents: await readAll(stage, driver), violations: await left(stage) }
  } catch (thrown) {
    const violation = { rule: 'I9', why: messageOf(thrown) }
    for (const line of await standstillLines(stage, driver)) log(line)
    if (!(await isReady(stage))) return { documents: undefined, violations: [violation] }
    return { documents: await readAll(stage, driver), violations: [violation] }
  }
}

async function calm(driver: OrderDriver, driving: Promise<void>): Promise<void> {
  driver.stop()
  const patience = new AbortController()
  const late = sleep(CALM, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`wait for calm: expected the end of every saga within ${CALM} ms of the last fault`)
  })
  await Promise.race([driving, late]).finally(() => {
    patience.abort()
    driver.abort()
  })
}

async function readAll(stage: Stage, driver: OrderDriver): Promise<ReadonlyMap<string, SagaDocument>> {
  const reading = { atOnce: READERS, within: SETTLED, rests: isAtRest }
  const created = [...driver.created, ...stage.created].map((creation) => ({
    ...creation,
    at: 0,
    tries: 1,
    impatient: false,
  }))
  const rested = readSagasAtRest(stage.url(), created, reading)
  const { documents } = await rested.catch(() => readSagas(stage.url(), created, READERS)) // the judge says what waits
  return documents
}

async function left(stage: Stage): Promise<readonly Violation[]> {
  const isDone = async () => ((await stage.left()).length === 0 ? true : undefined)
  if (await eventually(isDone).catch(() => false)) return []
  return (await stage.left()).map((why) => ({ rule: 'I9', why }))
}

async function isReady({ url }: Stage): Promise<boolean> {
  const look = () => call(`${url()}/-/ready`).then(({ status }) => (status === 200 ? true : undefined))
  return eventually(() => look().catch(() => undefined)).catch(() => false)
}

function isAtRest(document: SagaDocument): boolean {
  return document.isFinal && document.owed === undefined && leftWaiting(document).length === 0
}
