import type { Persistency } from '../../../src/ports/persistency.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { processOn } from './process.ts'
import type { FixtureSaga } from './sagas.ts'

/** The documents by saga id, as the version that made them shows them. */
export type ShownDocuments = Record<string, SagaDocument>

/** Makes these sagas in an empty store, through the corridor, and leaves each as its plan says. */
export async function make(store: Persistency, plans: readonly FixtureSaga[]): Promise<ShownDocuments> {
  const answers = new Map(plans.map((plan) => [plan.id, plan.answers]))
  const { orchestrator, create, tell } = processOn(store, async ({ sagaId }) => {
    const answer = answers.get(sagaId)
    if (answer === 'silent') return new Promise<never>(() => undefined)
    return answer === 'refused' ? { kind: 'rejected', status: 503, retryable: true } : { kind: 'delivered' }
  })
  await Promise.all(
    plans.map(async (plan) => {
      await create(plan)
      for (const [index, label] of plan.events.entries()) await tell(plan, index, label)
    }),
  )
  await until(async () => (await Promise.all(plans.map((plan) => isSettled(store, plan)))).every(Boolean))
  await orchestrator.stop(1_000)
  const shown: ShownDocuments = {}
  for (const { id } of plans) {
    const document = await store.document(id)
    if (document !== undefined) shown[id] = document
  }
  return shown
}

/** Where it owes nothing or was refused, as the store has it. */
async function isSettled(store: Persistency, { id, answers, owed, state }: FixtureSaga): Promise<boolean> {
  const { saga } = (await store.load(id)) ?? {}
  if (saga?.state !== state || saga.owed.length !== owed.length) return false
  return answers !== 'refused' || saga.owed.every(({ attempts }) => attempts > 0)
}

/** Polls for a fact, at most half a minute. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('wait for the sagas of a fixture: 30 s have passed')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
