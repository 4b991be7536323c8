import { dueOf } from '../../src/engine/evolve.ts'
import type { Instant, Saga } from '../../src/engine/saga.ts'
import type { Step } from '../../src/engine/change.ts'

/**
 * `few`: next to no final sagas. `ended`: half are final and owe nothing. `waiting`: next to none is final, none is due, and some of each
 * kind that `GET /sagas` finds are among them.
 */
export type Shape = 'few' | 'ended' | 'waiting'

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
  const saga = {
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
  return shape === 'waiting' && !isFinal ? waitingSaga(saga, place) : saga
}

/** Far away: no saga becomes due while it is measured. */
const DEADLINE: Instant = Date.UTC(2040, 0, 1)

function waitingSaga(saga: Saga, place: number): Saga {
  const marked = { ...saga, owed: [], enteredAt: saga.createdAt, ...marksOf(saga, place) }
  return { ...marked, due: dueOf(marked) }
}

/** One of ten has a timer; one of a hundred each is held with a failing command, has a dead letter, or a parked event. */
function marksOf({ id, createdAt: since, metadata }: Saga, place: number): Partial<Saga> {
  const command = { id: `${id}/0/0`, label: 'ask', channel: 'desk', attempts: 3, since }
  const last = { at: since + 100, status: 503, answer: 'busy' }
  switch (place % 100) {
    case 7:
      return { owed: [{ ...command, due: since, tried: true, sends: 3, last }], hold: { since } }
    case 8:
      return { deadLetters: [{ ...command, payload: metadata, why: 'answered 422' }] }
    case 9:
      return {
        parked: [{ event: { id: `early/${id}`, sagaId: id, label: 'early', payload: {} }, since, expires: DEADLINE }],
      }
    default:
      return place % 10 === 1 ? { timer: { step: 0, deadline: DEADLINE, resends: 0, event: 'late' } } : {}
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
