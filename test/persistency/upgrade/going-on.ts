import { expect } from 'vitest'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import { until } from './making.ts'
import type { ShownDocuments } from './making.ts'
import { processOn } from './process.ts'
import type { FixtureProcess } from './process.ts'
import type { FixtureSaga } from './sagas.ts'

/** This version on a store that an earlier one wrote: it reads every saga, sends what is owed, and moves each of them. */
export async function goesOn(store: Persistency, plans: readonly FixtureSaga[], shown: ShownDocuments): Promise<void> {
  await reads(store, plans, shown)
  await lists(store, plans)
  const process = processOn(store, async () => ({ kind: 'delivered' }))
  try {
    await sendsWhatIsOwed(store, plans, process)
    await knowsItsEvents(plans, process)
    await moves(store, plans, process)
  } finally {
    await process.orchestrator.stop(5_000)
  }
  for (const { id } of plans) expect((await store.load(id))?.saga.owed, id).toEqual([])
  await removes(store, plans)
}

async function reads(store: Persistency, plans: readonly FixtureSaga[], shown: ShownDocuments): Promise<void> {
  for (const { id, state, owed, answers, next } of plans) {
    expect(withoutLeases(await store.document(id)), id).toEqual(withoutLeases(shown[id]))
    const { saga } = (await store.load(id)) ?? {}
    expect(saga, id).toMatchObject({ state, isFinal: next === undefined, entity: `customer/${id}` })
    expect(saga?.owed.map((debt) => debt.id)).toEqual(owed)
    expect(saga?.owed.map(({ attempts, tried }) => attempts > 0 && tried === true)).toEqual(
      owed.map(() => answers === 'refused'),
    )
  }
}

/** A store of one process ends every lease when it is opened (P12). */
function withoutLeases(document: SagaDocument | undefined): unknown {
  // `stateSince` is newer than the release that wrote them.
  const owed = document?.owed?.map((debt) => ({ ...debt, due: undefined, nextTry: undefined }))
  return { ...document, stateSince: undefined, owed }
}

async function lists({ can: { list } }: Persistency, plans: readonly FixtureSaga[]): Promise<void> {
  if (list === false) return
  const idsOf = async (filter: object) => (await list.page({ limit: 100, ...filter })).items.map(({ id }) => id)
  const final = plans.filter(({ next }) => next === undefined).map(({ id }) => id)
  expect((await idsOf({})).toSorted()).toEqual(plans.map(({ id }) => id).toSorted())
  expect((await idsOf({ isFinal: true })).toSorted()).toEqual(final.toSorted())
  expect(await idsOf({ associatedEntityId: 'customer/moved' })).toEqual(['moved'])
  expect((await idsOf({ businessStateId: '1' })).toSorted()).toEqual(
    plans
      .filter(({ state }) => state === 'paying')
      .map(({ id }) => id)
      .toSorted(),
  )
}

async function sendsWhatIsOwed(
  store: Persistency,
  plans: readonly FixtureSaga[],
  { orchestrator, sent, ...process }: FixtureProcess,
) {
  const { by } = store.can.recovery
  orchestrator.start()
  if (by === 'alarm') for (const { id } of plans) await orchestrator.wake(id)
  if (by === 'redelivery') await knowsItsEvents(plans, { orchestrator, sent, ...process })
  const owed = plans.flatMap((plan) => plan.owed)
  await until(async () => owed.every((id) => sent.some((command) => command.id === id)))
  if (by === 'redelivery') expect(sent.map(({ id }) => id)).toEqual(expect.arrayContaining(owed))
  else expect(sent.map(({ id }) => id).toSorted()).toEqual(owed.toSorted())
  for (const { sagaId, payload, trace, id } of sent) {
    expect(payload, id).toMatchObject(plans.find((plan) => plan.id === sagaId)?.metadata ?? {})
    // A creation carried a trace, an event none; and a command has the payload of its own step, not of the newest one.
    if (id.endsWith('/0/0'))
      expect([trace !== undefined, payload], id).toEqual([
        true,
        expect.not.objectContaining({ 'event 0': expect.anything() }),
      ])
  }
}

/** Creation and events once more: nothing moves. */
async function knowsItsEvents(plans: readonly FixtureSaga[], { create, tell }: FixtureProcess): Promise<void> {
  for (const plan of plans) {
    expect((await create(plan)).kind, plan.id).toBe('repeated')
    expect((await create({ ...plan, metadata: {} })).kind, plan.id).toBe('mismatch')
    for (const [index, label] of plan.events.entries()) {
      expect((await tell(plan, index, label)).kind, `${plan.id}: ${label}`).toBe('duplicate')
    }
  }
}

async function moves(store: Persistency, plans: readonly FixtureSaga[], { tell }: FixtureProcess): Promise<void> {
  for (const plan of plans) {
    const { id, events, next } = plan
    const outcome = await tell(plan, events.length, next?.[0] ?? 'charged')
    if (next === undefined) expect(outcome, id).toMatchObject({ kind: 'unexpected', state: plan.state })
    else expect(outcome, id).toMatchObject({ kind: 'moved', state: next[1] })
    const { history, metadata } = (await store.document(id)) ?? {}
    const labels = [...events, ...(next === undefined ? [] : [next[0]])]
    expect(history?.events.map(({ event }) => event)).toEqual(['__created__', ...labels])
    expect(metadata).toEqual({
      ...plan.metadata,
      ...Object.fromEntries(labels.map((label, at) => [`event ${at}`, label])),
    })
  }
}

async function removes({ can }: Persistency, plans: readonly FixtureSaga[]): Promise<void> {
  if (can.removal === false) return
  const final = plans.filter(({ next }) => next === undefined)
  expect(await can.removal.removeFinal(Date.now() + 1_000, 100)).toBe(final.length)
}
