import { BatutaError, encodeDocument, encodeEntry } from 'batuta'
import type { Change, DuePlace, Persistency, Saga, Saved, Step } from 'batuta'

interface Row {
  readonly saga: Saga
  /** The id of the newest write. */
  readonly basis: string
  /** Each step with the id of the write that made it, by its event. */
  readonly history: Map<string, { readonly step: Step; readonly writeId: string }>
}

/** Sagas in a Map. `shared`: several orchestrators write to it, as on the edge, where each request has its own. */
export function mapStore(shared = false): Persistency {
  const rows = new Map<string, Row>()
  let isOpen = true
  const find = (id: string): Row | undefined => {
    if (isOpen) return rows.get(id)
    throw new BatutaError('store-unavailable', CLOSED)
  }
  const save = ({ sagaId, writeId, step }: Change, saga: Saga, basis: unknown): Saved => {
    const row = find(sagaId)
    if (row?.basis === writeId) return { kind: 'saved', basis: writeId } // the same write again (P6)
    const writer = step && row?.history.get(identityOf(step.event.id, step.event.label))?.writeId
    // A creation by another writer is a conflict: its caller compares the two (P8).
    if (writer !== undefined && (basis !== 'absent' || writer === writeId)) return { kind: 'duplicate' }
    if (basis !== (row?.basis ?? 'absent')) return { kind: 'conflict' }
    const history: Row['history'] = row?.history ?? new Map()
    if (step) history.set(identityOf(step.event.id, step.event.label), { step, writeId })
    rows.set(sagaId, { saga, basis: writeId, history })
    return { kind: 'saved', basis: writeId }
  }
  const findDue = async (now: number, limit: number, after?: DuePlace) =>
    [...rows.values()]
      .filter(({ saga }) => placeOf(saga).due <= now && (after === undefined || compare(placeOf(saga), after) > 0))
      .toSorted((one, other) => compare(placeOf(one.saga), placeOf(other.saga)))
      .slice(0, limit)
  return {
    name: 'map',
    can: { ...CAN, shared, recovery: { by: 'sweep', findDue } },
    async load(id) {
      const row = find(id)
      return row && { saga: row.saga, basis: row.basis }
    },
    async document(id) {
      const row = find(id)
      return (
        row &&
        encodeDocument(
          row.saga,
          [...row.history.values()].map(({ step }) => encodeEntry(step, '')),
        )
      )
    },
    save: async (change, next, basis) => save(change, next, basis),
    applied: async (id, event, label) => find(id)?.history.has(identityOf(event, label)) ?? false,
    probe: async () => (isOpen ? { ok: true } : { ok: false, why: CLOSED }),
    close: async () => void (isOpen = false),
  }
}

const CLOSED = 'the store "map" is closed'
const CAN = {
  compareAndSet: 'always',
  growth: 'append',
  list: false,
  removal: false,
  counts: false,
  records: false,
  adoption: false,
  limit: false,
} as const

/** The id and the label together are the identity of an event (P7). */
function identityOf(event: string, label: string): string {
  return JSON.stringify([event, label])
}

function placeOf({ id, due = Number.POSITIVE_INFINITY }: Saga): DuePlace {
  return { id, due }
}

function compare(one: DuePlace, other: DuePlace): number {
  return one.due - other.due || (one.id < other.id ? -1 : Number(one.id > other.id))
}
