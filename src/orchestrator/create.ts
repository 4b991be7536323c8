import { begin } from '../engine/decide.ts'
import type { Creation } from '../engine/saga.ts'
import type { Created, CreateRequest } from './corridor.ts'
import { fingerprintOf, formerFingerprintOf, freshId } from './ids.ts'
import { commitStep, isLate, TOO_LATE } from './commit-step.ts'
import type { CorridorParts } from './commit-step.ts'

/** C4.1: one step, saved where there is no saga yet. To be called inside the saga's mailbox. */
export async function createSaga(steps: CorridorParts, order: CreateRequest, deadline: number): Promise<Created> {
  if (isLate(steps, deadline)) return TOO_LATE
  const { machine, runtime } = steps
  const { id, entity, metadata, trace, key } = order
  const creation: Creation =
    key === undefined
      ? { id, entity, metadata, trace, eventId: freshId(runtime) }
      : { id, entity, metadata, trace, eventId: key, fingerprint: order.fingerprint ?? fingerprintOf(entity, metadata) }
  const step = begin(machine, creation, runtime.wallClock())
  const committed = await commitStep(steps, 'absent', step, deadline)
  switch (committed.kind) {
    case 'saved':
      return { kind: 'created', sagaId: id }
    case 'conflict':
    case 'duplicate':
      return repeated(steps, creation)
    case 'too-large':
      return committed
    case 'unknown':
      return { kind: 'unavailable', why: committed.why }
  }
}

/** The saga is there already: the same creation once more, or the same key with another body (P2, P8). */
async function repeated({ ledger }: CorridorParts, { id, entity, metadata, fingerprint }: Creation): Promise<Created> {
  const loaded = await ledger.read(id)
  if (loaded === undefined) return { kind: 'unavailable', why: `the saga "${id}" was removed while it was created` }
  const kept = loaded.saga.fingerprint
  const isSame = kept === fingerprint || (kept !== undefined && kept === formerFingerprintOf(entity, metadata))
  return { kind: isSame ? 'repeated' : 'mismatch', sagaId: id }
}
