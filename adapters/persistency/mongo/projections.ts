import { LISTED_MARKS } from '../../../src/codec/listed-fields.ts'

const BASE: Readonly<Record<string, unknown>> = {
  _id: 0,
  sagaId: 1,
  associatedEntityId: 1,
  currentState: 1,
  latestEvent: 1,
  isFinal: 1,
  businessStateId: 1,
  businessStateDescription: 1,
  // The newest event only, which names the last writer, and the newest state, which has the business id as the machine has it.
  'history.events': { $slice: -1 },
  'history.states': { $slice: -1 },
  'history.writeId': 1,
  'history.due': 1,
  'history.length': 1,
  'history.created': 1,
  'history.updated': 1,
  'history.fingerprint': 1,
}

/** Fields of a listed saga: no metadata and no payloads. */
export const ITEM: Readonly<Record<string, unknown>> = {
  ...BASE,
  ...Object.fromEntries(LISTED_MARKS.map((field) => [field, 1])),
}

/** Fields of a head: reading one costs the same however long its saga is. */
export const HEAD: Readonly<Record<string, unknown>> = {
  ...BASE,
  metadata: 1,
  'history.entered': 1,
  'history.entering': 1,
  'history.timer': 1,
  'history.hold': 1,
  'history.owed': 1,
  'history.dead': 1,
  'history.parked': 1,
  'history.delivered': 1,
  'history.operations': 1,
}
