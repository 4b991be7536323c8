import type { Instant, Saga } from '../../src/engine/saga.ts'
import type { Step } from '../../src/engine/change.ts'

/** `few`: next to no final sagas. `ended`: half are final and owe nothing. */
export type Shape = 'few' | 'ended'

/** Creation of the first saga; the others follow 1 ms apart. */
export const BEGAN: Instant = Date.UTC(2026, 0, 1)

export const FEW = { state: 'refused', business: 3, entity: 'customer/7', apart: 50_000 } as const
export const MANY = { state: 'asked', business: 1, entity: 'warehouse' } as const

/** Saga number `at`, as a service would have written it: a few hundred bytes; every tenth owes one command. */
export function sagaOf(place: number, shape: Shape): Saga {
  const createdAt = BEGAN + place
  const id = `order-${place.toString(36).padStart(8, '0')}-5f0c-7d42-9b1e`
  const isRare = place % FEW.apart === FEW.apart / 2
  const isFinal = isRare || (shape === 'ended' && place % 2 === 0)
  const isOwing = !isFinal && place % 10 === 1
  const due = createdAt + 15_000
  return {
    id,
    entity: place % 4 === 0 ? MANY.entity : `customer/${place % 5_000}`,
    state: isRare ? FEW.state : isFinal ? 'served' : MANY.state,
    latestEvent: isFinal ? 'answered' : '__created__',
    isFinal,
    business: { id: isRare ? FEW.business : MANY.business },
    length: 1,
    metadata: {
      order: place,
      customer: `customer ${place % 5_000}`,
      note: 'as soon as there is a table at the window',
    },
    owed: isOwing ? [{ id: `${id}/0/0`, label: 'ask', channel: 'desk', attempts: 0, since: createdAt, due }] : [],
    deadLetters: [],
    parked: [],
    due: isOwing ? due : undefined,
    createdAt,
    updatedAt: createdAt + 500,
  }
}

/** The step in its history. */
export function stepOf(saga: Saga): Step {
  const { id, state, isFinal, metadata, createdAt, entity } = saga
  return {
    sagaId: id,
    number: 0,
    at: createdAt,
    event: { id: `key/${id}`, label: '__created__' },
    state: { id: state, isFinal },
    metadata,
    owes: [],
    sideEffects: [],
    machine: '0123456789ab',
    birth: { entity },
  }
}
