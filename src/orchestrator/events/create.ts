import { begin } from '../../engine/decide.ts'
import { delayed } from '../../engine/delay.ts'
import type { Creation } from '../../engine/saga.ts'
import { commitEntry } from './commit-entry.ts'
import type { Committed } from './commit-entry.ts'
import type { Created, CreateRequest } from '../corridor.ts'
import type { CorridorParts } from '../corridor-parts.ts'
import { isLate, LATE_IN_MAILBOX } from '../request-deadline.ts'
import { fingerprintOf, formerFingerprintOf, freshId } from '../ids.ts'
import { turnOf } from './turn.ts'
import type { Turn } from './turn.ts'

/** Creates a saga: one step, saved where there is no saga yet (C4.1). To be called inside the saga's mailbox. */
export async function createSaga(
  parts: CorridorParts,
  request: CreateRequest,
  deadline: number,
): Promise<Turn<Created>> {
  const { machine, runtime, persistency } = parts
  if (isLate(runtime, deadline)) return turnOf(LATE_IN_MAILBOX)
  const { id, entity, metadata, trace, headers, key, notBefore } = request
  if (notBefore !== undefined && persistency.can.recovery.by === 'redelivery')
    return turnOf({ kind: 'not-delayable', store: persistency.name })
  const creation: Creation =
    key === undefined
      ? { id, entity, metadata, trace, headers, eventId: freshId(runtime) }
      : {
          id,
          entity,
          metadata,
          trace,
          headers,
          eventId: key,
          fingerprint: request.fingerprint ?? fingerprintOf(entity, metadata),
        }
  const now = runtime.wallClock()
  const step = begin(machine, creation, now)
  const made = parts.hooks.make(step, { entity, history: NO_HISTORY })
  const entry = notBefore === undefined || notBefore <= now ? made : { ...made, ...delayed(made.step, notBefore) }
  const committed = await commitEntry(parts, { sagaId: id, before: 'absent', entry, deadline })
  if (committed.kind === 'saved') return turnOf({ kind: 'created', sagaId: id }, committed.saved)
  return turnOf(await notCreated(parts, creation, committed))
}

const NO_HISTORY = { states: [], events: [] } as const

async function notCreated(
  parts: CorridorParts,
  creation: Creation,
  committed: Exclude<Committed, { kind: 'saved' }>,
): Promise<Created> {
  switch (committed.kind) {
    case 'conflict':
    case 'duplicate':
      return repeated(parts, creation)
    case 'too-large':
      return committed
    case 'unknown':
      return { kind: 'unavailable', why: committed.why }
  }
}

/** The saga exists: a repeat of its creation, or the same key with another body (P2, P8). */
async function repeated({ ledger }: CorridorParts, { id, entity, metadata, fingerprint }: Creation): Promise<Created> {
  const loaded = await ledger.read(id)
  if (loaded === undefined) return { kind: 'unavailable', why: `the saga "${id}" was removed while it was created` }
  const stored = loaded.saga.fingerprint
  const isSame = stored === fingerprint || (stored !== undefined && stored === formerFingerprintOf(entity, metadata))
  return { kind: isSame ? 'repeated' : 'mismatch', sagaId: id }
}
