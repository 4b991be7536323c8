import { encodeDocument } from '../../../../src/codec/encode-document.ts'
import { RELEASED } from '../../../../src/codec/head.ts'
import { encodeEntry } from '../../../../src/codec/history-entry.ts'
import type { HistoryStep } from '../../../../src/codec/history-entry.ts'
import { keptKeys } from '../../../../src/codec/kept-keys.ts'
import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import { writeVerdict } from '../../../../src/codec/write-verdict.ts'
import type { WriteVerdict } from '../../../../src/codec/write-verdict.ts'
import type { Change, Step } from '../../../../src/engine/change.ts'
import type { EventIdentity, Instant, Saga, SagaId, WriteId } from '../../../../src/engine/saga.ts'

/** A saga as it is stored. Immutable: a write puts another one in its place. */
export interface DurableSaga {
  readonly saga: Saga
  readonly writeId: WriteId
  readonly history: readonly HistoryStep[]
  /** Write id by the event's identity (P7). */
  readonly writers: ReadonlyMap<string, WriteId>
  /** The store shows its debts as due, since every holder of a lease has ended (P12). A mark of the store, and no write. */
  readonly isReleased?: true | undefined
}

/** Nothing is left to do: a held saga may owe a command that is not due. */
function isOver({ isFinal, owed, due }: Saga): boolean {
  return isFinal && owed.length === 0 && due === undefined
}

/** The head as a reader gets it. */
export function shownHead({ saga, isReleased }: DurableSaga): Saga {
  return isReleased === true ? released(saga) : saga
}

/** The head with its debts due. */
export function released(saga: Saga): Saga {
  return { ...saga, owed: saga.owed.map((debt) => ({ ...debt, due: RELEASED })), due: RELEASED }
}

/** A write that became durable. */
export interface DurableWrite {
  readonly change: Change
  readonly before: DurableSaga | undefined
  readonly after: DurableSaga
}

/** The content of a store, which outlives every process. */
export class DurableSagas {
  readonly #sagas = new Map<SagaId, DurableSaga>()

  get(id: SagaId): DurableSaga | undefined {
    return this.#sagas.get(id)
  }

  all(): IterableIterator<DurableSaga> {
    return this.#sagas.values()
  }

  /** The content as it is now, for a reader that sees it later. */
  copy(): DurableSagas {
    const copy = new DurableSagas()
    for (const stored of this.#sagas.values()) copy.put(stored)
    return copy
  }

  put(stored: DurableSaga): void {
    this.#sagas.set(stored.saga.id, stored)
  }

  /** Removes sagas that have ended, owe nothing and were last written before; answers their ids. */
  removeFinal(before: Instant, limit: number): readonly SagaId[] {
    const old = [...this.#sagas.values()].filter(({ saga }) => isOver(saga) && saga.updatedAt < before)
    const ids = old.slice(0, limit).map(({ saga }) => saga.id)
    for (const id of ids) this.#sagas.delete(id)
    return ids
  }

  /** The earliest instant after `now` at which a saga is due. */
  nextDue(now: Instant): Instant | undefined {
    let next: Instant | undefined
    for (const stored of this.#sagas.values()) {
      for (const at of instantsOf(shownHead(stored))) if (at > now && (next === undefined || at < next)) next = at
    }
    return next
  }
}

/** The saga after a change that its store takes. */
export function storedAfter(before: DurableSaga | undefined, change: Change, saga: Saga): DurableSaga {
  const { step, writeId } = change
  const [history, writers] = [before?.history ?? NO_STEPS, before?.writers ?? NO_WRITERS]
  if (step === undefined) return { saga, writeId, history, writers }
  return {
    saga,
    writeId,
    history: [...history, passageOf(step)],
    writers: new Map(writers).set(identityOf(step.event), writeId),
  }
}

/** The verdict of a conditional write; `undefined` where it may be written. `basis`: the write id that it was decided on. */
export function verdictOf(
  stored: DurableSaga | undefined,
  change: Change,
  basis: WriteId | 'absent',
): WriteVerdict | undefined {
  const condition = basis === 'absent' ? 'absent' : basis === stored?.writeId ? 'current' : 'outdated'
  const event = change.step && stored?.writers.get(identityOf(change.step.event))
  return writeVerdict(change, condition, stored && { newest: stored.writeId, event })
}

/** The document of a stored saga, as the API shows it. */
export function documentOf({ saga, history }: DurableSaga): SagaDocument {
  return encodeDocument(
    saga,
    history.map((passage) => encodeEntry(passage, '')),
  )
}

/** An event's identity as one text: no two pairs of id and label share one (P7). */
export function identityOf({ id, label }: EventIdentity): string {
  return `${id.length}/${id}${label}`
}

const NO_STEPS: readonly never[] = Object.freeze([])
const NO_WRITERS: ReadonlyMap<string, WriteId> = new Map()

function passageOf(step: Step): HistoryStep {
  const { at, event, state, machine, by } = step
  return { at, event, state, machine, by, ...keptKeys(step) }
}

function instantsOf({ due, owed, timer, parked, hold }: Saga): readonly Instant[] {
  const offers = parked.flatMap(({ due: offered, expires }) => [offered, expires])
  const all = [due, ...owed.map((debt) => debt.due), timer?.deadline, ...offers, hold?.until]
  return all.filter((at) => at !== undefined)
}
