import { sideBySide } from '../../testing/load/run-saga.ts'
import type { SagaRun } from '../../testing/load/run-saga.ts'
import { pathProblems } from '../../testing/checker/path.ts'
import type { SagaPath } from '../../testing/checker/path.ts'
import type { DemoStage } from './stage.ts'

/** Number of sagas, and how many run at once. */
export interface DemoSize {
  readonly sagas: number
  readonly atOnce: number
}

/** One saga, with its problems. */
export interface DemoSaga extends Partial<SagaRun> {
  readonly number: number
  readonly problems: string[]
}

/** Milliseconds until a saga must have ended. */
const PATIENCE = 60_000

/** Runs `size.sagas` reservations, `size.atOnce` at once. */
export async function leadAll(stage: DemoStage, size: DemoSize, tell: (done: number) => void): Promise<DemoSaga[]> {
  const all: DemoSaga[] = []
  let begun = 0
  await sideBySide(size.atOnce, async () => {
    if (begun >= size.sagas || !stage.door.isOpen) return false
    all.push(await leadOne(stage, ++begun))
    tell(all.length)
    return true
  })
  return all
}

async function leadOne({ lead, reservation }: DemoStage, number: number): Promise<DemoSaga> {
  try {
    const led = await lead(reservation(number), PATIENCE)
    const problems = led.state === undefined ? [`did not end within ${PATIENCE / 1_000} s`] : []
    return { number, ...led, problems }
  } catch (thrown) {
    return { number, problems: [thrown instanceof Error ? thrown.message : String(thrown)] }
  }
}

/** Reads every saga through the API and compares it with the machine and with its expected end. */
export async function verify(stage: DemoStage, all: readonly DemoSaga[], atOnce: number): Promise<void> {
  let next = 0
  await sideBySide(atOnce, async () => {
    const saga = all[next++]
    if (saga === undefined) return false
    if (saga.sagaId !== undefined) saga.problems.push(...(await problemsOf(stage, saga, saga.sagaId)))
    return true
  })
}

async function problemsOf(stage: DemoStage, { number }: DemoSaga, id: string): Promise<string[]> {
  try {
    const document = await stage.door.get<SagaPath>(`/sagas/${encodeURIComponent(id)}`)
    const expected = stage.expectedState(stage.reservation(number))
    const found = document.currentState
    const wrong = found === expected ? [] : [`is in "${found}", expected "${expected}"`]
    return [...wrong, ...pathProblems(stage.service.definition, document)]
  } catch (thrown) {
    return [thrown instanceof Error ? thrown.message : String(thrown)]
  }
}
