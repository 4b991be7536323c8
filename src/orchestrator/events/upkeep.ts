import { isChoreDue, nextChore } from '../../engine/chore.ts'
import type { Chore } from '../../engine/chore.ts'
import { buried, identityOf } from '../../engine/offer.ts'
import type { ParkedEvent, Saga } from '../../engine/saga.ts'
import type { Loaded } from '../../ports/persistency.ts'
import { backoff } from '../backoff.ts'
import { commitEntry } from './commit-entry.ts'
import type { Committed } from './commit-entry.ts'
import type { CorridorParts } from '../corridor-parts.ts'
import { readEarlierHistory } from './earlier-history.ts'
import type { LedgerEntry } from './ledger.ts'
import { reportChore } from './parking-report.ts'
import { deadlineOf } from '../request-deadline.ts'
import { whyTooLarge } from './size-limit.ts'
import type { SavedStep, Turn, Upkept } from './turn.ts'

/** Upkeep of sagas, for recovery. */
export interface Upkeep {
  readonly isDue: (saga: Saga) => boolean
  /** To be called inside the saga's mailbox. */
  readonly keepUp: (loaded: Loaded) => Promise<Upkept>
}

/** Upkeep over the parts of a corridor. */
export function upkeepOf(parts: CorridorParts): Upkeep {
  const { machine, runtime } = parts
  return {
    isDue: (saga) => isChoreDue(machine, saga, runtime.wallClock()),
    keepUp: (loaded) => keepUp(parts, loaded, deadlineOf(runtime)),
  }
}

/**
 * The offers of parked events that follow an answer in its turn; `undefined` where the saga has none to offer (P10, P30). `loaded`: the
 * newest head.
 */
export function offersAfter(parts: CorridorParts, loaded: Loaded): Turn<unknown>['rest'] {
  const { parked, hold } = loaded.saga
  if (parked.length === 0 || hold !== undefined) return undefined
  return () => keepUp(parts, loaded, deadlineOf(parts.runtime))
}

/**
 * Carries out the chores of a saga, each in its own write under its own condition, until there is none (P10, P11, P26, P30). A
 * conflict is decided again on a fresh head. It ends at `deadline` (monotonic). To be called inside the saga's mailbox.
 */
export async function keepUp(parts: CorridorParts, from: Loaded, deadline: number): Promise<Upkept> {
  const { machine, ledger, runtime } = parts
  const saved: SavedStep[] = []
  let [before, isFresh, hasWritten]: [Loaded | undefined, boolean, boolean] = [from, false, false]
  for (let conflicts = 0; before !== undefined;) {
    const { saga }: Loaded = before
    const chore = nextChore(machine, saga, runtime.wallClock())
    if (chore === undefined) break
    if (runtime.monotonic() >= deadline) return { loaded: undefined, saved, hasWritten }
    const committed = await carryOut(parts, { before, isFresh, chore, deadline })
    switch (committed.kind) {
      case 'saved':
        hasWritten = true
        if (committed.saved !== undefined) saved.push(committed.saved)
        reportChore(parts, { before: saga, after: committed.loaded.saga, chore })
        ;[before, isFresh] = [committed.loaded, false]
        break
      case 'unknown':
        return { loaded: undefined, saved, hasWritten }
      case 'too-large': // it would be refused again and again: the rest of the saga's work must not wait for it (I5)
        return { loaded: before, saved, hasWritten }
      default:
        await backoff(runtime, conflicts++)
        ;[before, isFresh] = [await ledger.read(saga.id), true]
    }
  }
  return { loaded: before, saved, hasWritten }
}

/** A chore, and the head that it was decided on. */
interface ChoreTask {
  readonly before: Loaded
  readonly isFresh: boolean
  readonly chore: Chore
  readonly deadline: number
}

async function carryOut(parts: CorridorParts, task: ChoreTask): Promise<Committed> {
  const { before, deadline } = task
  const { saga } = before
  const entry = await entryOf(parts, task)
  if (entry === undefined) return { kind: 'conflict' }
  const committed = await commitEntry(parts, { sagaId: saga.id, before, entry, deadline })
  const step = entry.step
  const parked = step && saga.parked.find(({ event }) => event.id === step.event.id && event.label === step.event.label)
  if (parked === undefined) return committed
  const instead = insteadOf(parked, committed)
  return instead === undefined ? committed : commitEntry(parts, { sagaId: saga.id, before, entry: instead, deadline })
}

/** The write in place of a step that the store refuses whenever it is tried; the head is the one of that step. */
function insteadOf(parked: ParkedEvent, committed: Committed): LedgerEntry | undefined {
  // It was applied before: by a repeat in a process that did not know of the parked one.
  if (committed.kind === 'duplicate') return { unparked: [identityOf(parked)] }
  return committed.kind === 'too-large' ? buried(parked, whyTooLarge(committed)) : undefined
}

/** With the messages of the hooks of its step; `undefined` where another process has moved the saga. */
async function entryOf(
  { hooks, persistency }: CorridorParts,
  { before: loaded, isFresh, chore: { kind, entry } }: ChoreTask,
): Promise<LedgerEntry | undefined> {
  const { step } = entry
  if (step === undefined || kind === 'rename' || !hooks.isHooked(step)) return entry
  const history = await readEarlierHistory(persistency, { loaded, isFresh })
  return history && { ...entry, ...hooks.make(step, { entity: loaded.saga.entity, history }) }
}
