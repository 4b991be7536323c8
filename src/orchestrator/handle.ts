import { decide } from '../engine/decide.ts'
import type { Decision } from '../engine/decide.ts'
import type { Saga, SagaEvent, SagaId } from '../engine/saga.ts'
import type { Outcome } from './corridor.ts'
import type { CommitResult } from './ledger.ts'
import { backoff } from './backoff.ts'
import { commitStep, isLate, TOO_LATE } from './commit-step.ts'
import type { CorridorParts } from './commit-step.ts'

/** What an event means that the state does not list (C2.5). */
export type UnexpectedEvents = 'ignore' | 'reject'

/** C4.2: decide, save, and after a conflict look again (P21). To be called inside the saga's mailbox. */
export async function handleEvent(
  steps: CorridorParts,
  event: SagaEvent,
  deadline: number,
  unexpected: UnexpectedEvents,
): Promise<Outcome> {
  const { machine, ledger, runtime } = steps
  if (isLate(steps, deadline)) return TOO_LATE
  let remembered = ledger.recall(event.sagaId)
  const known = remembered?.saga
  for (let attempt = 0; ; attempt++) {
    const loaded = remembered ?? (await ledger.read(event.sagaId))
    if (loaded === undefined) return unknownSaga(steps, event, known)
    if (attempt === 0 && isLate(steps, deadline)) return { kind: 'unavailable', why: 'the store took too long to read' }
    const decision = decide(machine, loaded.saga, event, runtime.wallClock())
    if (decision.kind === 'moved') {
      const committed = await commitStep(steps, loaded, decision.step, deadline)
      if (remembered !== undefined) ledger.learn(committed.kind === 'conflict')
      // Nothing is written, and on another writer's newer head it may fit: as any such answer it is given on a fresh head (P9).
      const isStale = committed.kind === 'too-large' && remembered !== undefined && steps.persistency.can.shared
      if (committed.kind !== 'conflict' && !isStale) return moved(steps, event, committed)
      if (runtime.monotonic() >= deadline) return { kind: 'unavailable', why: 'other writers were always faster' }
      await backoff(runtime, attempt)
    } else if (remembered === undefined) {
      return unmoved(steps, event, loaded.saga, decision, unexpected)
    }
    remembered = undefined // only `moved` may be decided on a remembered head (P9)
  }
}

/** C4.4. Nobody removes a saga that goes on: the store has lost it, such as one that came back empty, and must not do so unheard. */
function unknownSaga({ incidents }: CorridorParts, { sagaId }: SagaEvent, known: Saga | undefined): Outcome {
  if (known?.isFinal === false) {
    const { state } = known
    incidents.report({ code: 'saga.lost', group: 'gone', kind: state, fields: { saga: sagaId, state } })
  }
  return { kind: 'unknown-saga', sagaId }
}

async function moved(
  { ledger, persistency }: CorridorParts,
  { id, sagaId, label }: SagaEvent,
  committed: Exclude<CommitResult, { kind: 'conflict' }>,
): Promise<Outcome> {
  switch (committed.kind) {
    case 'saved':
      return { kind: 'moved', sagaId, state: committed.loaded.saga.state }
    case 'duplicate':
      return duplicate(ledger, sagaId)
    case 'too-large':
      // A repeat may exceed the limit where the event itself did not: others have been applied since (I4).
      return (await persistency.applied(sagaId, id, label)) ? duplicate(ledger, sagaId) : committed
    case 'unknown':
      return { kind: 'unavailable', why: committed.why }
  }
}

async function duplicate(ledger: CorridorParts['ledger'], sagaId: SagaId): Promise<Outcome> {
  const loaded = await ledger.read(sagaId)
  if (loaded === undefined) return { kind: 'unknown-saga', sagaId }
  return { kind: 'duplicate', sagaId, state: loaded.saga.state }
}

/** On a fresh head: an event that was applied before is a duplicate, whatever the saga says to it now (I4, P9). */
async function unmoved(
  { persistency, incidents, runtime: { log } }: CorridorParts,
  { id, sagaId, label, origin }: SagaEvent,
  { state }: Saga,
  decision: Exclude<Decision, { kind: 'moved' }>,
  unexpected: UnexpectedEvents,
): Promise<Outcome> {
  if (await persistency.applied(sagaId, id, label)) return { kind: 'duplicate', sagaId, state }
  const fields = { saga: sagaId, label, state, ...(origin !== undefined && { origin }) }
  switch (decision.kind) {
    case 'unexpected': // C4.3
      log.error('an event was not expected and is ignored', { ...fields, expected: decision.expected })
      return { ...decision, sagaId, label, reject: unexpected === 'reject' }
    case 'refused':
      log.error('an event was refused', { ...fields, why: decision.why })
      return { ...decision, sagaId }
    case 'stranded': {
      // P11: its source hands it in again and again
      incidents.report({ code: 'event.stranded', group: 'stranded', kind: state, fields })
      return { ...decision, sagaId }
    }
  }
}
