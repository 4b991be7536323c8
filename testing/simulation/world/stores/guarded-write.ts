import { evolve } from '../../../../src/engine/evolve.ts'
import type { Change } from '../../../../src/engine/change.ts'
import type { Saga, SagaId } from '../../../../src/engine/saga.ts'
import type { Saved } from '../../../../src/ports/persistency.ts'
import { storedAfter, verdictOf } from './durable-sagas.ts'
import type { SimulatedStoreParts } from './simulated-store-parts.ts'

/** A write, and the write id that it was decided on. */
export interface GuardedWrite {
  readonly change: Change
  readonly next: Saga
  readonly basis: string
}

/** Applies a conditional write in one piece: verdict and content (P2). Whatever becomes durable is observed. */
export function saveGuarded({ world, host, sagas }: SimulatedStoreParts, { change, next, basis }: GuardedWrite): Saved {
  const before = sagas.get(change.sagaId)
  const verdict = verdictOf(before, change, basis)
  if (verdict === 'saved') return { kind: 'saved', basis: change.writeId }
  if (verdict !== undefined) return { kind: verdict }
  sagas.put(storedAfter(before, change, next))
  const { name: process } = host
  world.log.note({ kind: 'written', clock: host.wallClock(), process, change, before: before?.saga, after: next })
  return { kind: 'saved', basis: change.writeId }
}

/** Another process writes first: bookkeeping that changes nothing but the condition of the next write. */
export function overtake({ world, sagas }: SimulatedStoreParts, id: SagaId): void {
  const before = sagas.get(id)
  if (before === undefined) return
  const { clock } = world
  const change: Change = { sagaId: id, writeId: `other/${before.writeId}`, at: clock }
  const after = evolve(before.saga, change)
  sagas.put(storedAfter(before, change, after))
  world.log.note({ kind: 'written', clock, process: 'other', change, before: before.saga, after })
}
