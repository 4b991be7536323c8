/** What a list shows of a saga: no metadata, and of the payloads that debts carry nothing either. */
export const ITEM: Readonly<Record<string, unknown>> = {
  _id: 0,
  sagaId: 1,
  associatedEntityId: 1,
  currentState: 1,
  latestEvent: 1,
  isFinal: 1,
  businessStateId: 1,
  businessStateDescription: 1,
  // Of the events the newest, which says who wrote last.
  'history.events': { $slice: -1 },
  'history.writeId': 1,
  'history.due': 1,
  'history.length': 1,
  'history.created': 1,
  'history.updated': 1,
  'history.timer': 1,
  'history.fingerprint': 1,
}

/** A head is read in the time of a head, however long its saga. */
export const HEAD: Readonly<Record<string, unknown>> = {
  ...ITEM,
  metadata: 1,
  'history.owed': 1,
  'history.dead': 1,
  'history.parked': 1,
}
