import type { DeadLetter, Debt, Instant, Metadata, ParkedEvent, Saga, SagaId, Timer } from '../engine/saga.ts'
import type { BusinessTag } from '../machine/compile.ts'

/**
 * A head as a store of rows keeps it. `metadata` is the big part and only a step changes it; `due` stands alone because the
 * store looks for it; `head` is everything else. A `due` that the store has moved itself (P12) is the one that counts.
 */
export interface HeadRow {
  readonly id: SagaId
  readonly head: string
  readonly metadata: string
  readonly due?: Instant | null | undefined
}

/** Words of the head's text: part of every row store's format, so a new one must be optional and none changes meaning. */
interface Words {
  readonly entity: string
  readonly state: string
  readonly event: string
  readonly final?: true | undefined
  readonly business?: BusinessTag | undefined
  readonly length: number
  readonly owed?: readonly Debt[] | undefined
  readonly dead?: readonly DeadLetter[] | undefined
  readonly parked?: readonly ParkedEvent[] | undefined
  readonly timer?: Timer | undefined
  readonly fingerprint?: string | undefined
  readonly created: Instant
  readonly updated: Instant
}

/** Everything of a head but id, metadata and `due`. What is absent or empty takes no space. */
export function encodeHead(saga: Saga): string {
  const words: Words = {
    entity: saga.entity,
    state: saga.state,
    event: saga.latestEvent,
    final: saga.isFinal || undefined,
    business: saga.business,
    length: saga.length,
    owed: unlessEmpty(saga.owed),
    dead: unlessEmpty(saga.deadLetters),
    parked: unlessEmpty(saga.parked),
    timer: saga.timer,
    fingerprint: saga.fingerprint,
    created: saga.createdAt,
    updated: saga.updatedAt,
  }
  return JSON.stringify(words)
}

/** JSON, so that own keys such as `__proto__` and lone surrogates come back as they went. */
export function encodeMetadata(saga: Saga): string {
  return JSON.stringify(saga.metadata)
}

export function decodeHead(row: HeadRow): Saga {
  const words = JSON.parse(row.head) as Words
  return {
    id: row.id,
    entity: words.entity,
    state: words.state,
    latestEvent: words.event,
    isFinal: words.final === true,
    business: words.business,
    length: words.length,
    metadata: JSON.parse(row.metadata) as Metadata,
    fingerprint: words.fingerprint,
    createdAt: words.created,
    owed: row.due === RELEASED ? released(words.owed) : (words.owed ?? NONE),
    deadLetters: words.dead ?? NONE,
    parked: words.parked ?? NONE,
    timer: words.timer,
    due: row.due ?? undefined,
    updatedAt: words.updated,
  }
}

/** What a store that is not shared sets every `due` to when it is opened: whoever held a lease is gone (P12). */
export const RELEASED: Instant = 0

function released(owed: readonly Debt[] = NONE): readonly Debt[] {
  return owed.map((debt) => ({ ...debt, due: RELEASED }))
}

const NONE: readonly never[] = Object.freeze([])

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}
