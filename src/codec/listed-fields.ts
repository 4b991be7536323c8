/** Entries of a debt that a list shows: neither payload, message nor headers. */
const DEBT = ['id', 'label', 'channel', 'attempts', 'since', 'due', 'tried', 'claimed', 'sends', 'last']
const LETTER = ['kind', 'id', 'label', 'channel', 'why', 'since', 'attempts', 'last']
const PARKED = ['since', 'expires', 'event.id', 'event.sagaId', 'event.label']

/** The fields of `history` with the marks of a listed saga, as a store of documents reads them (C7). */
export const LISTED_MARKS: readonly string[] = [
  'history.timer',
  'history.hold',
  'history.entered',
  ...DEBT.map((field) => `history.owed.${field}`),
  ...LETTER.map((field) => `history.dead.${field}`),
  ...PARKED.map((field) => `history.parked.${field}`),
]

/** A document of which a list has read these fields, readable like a whole one: the payloads that were not read are empty. */
export function withoutPayloads(document: object): object {
  const { history } = document as { readonly history?: unknown }
  if (!isObject(history)) return document
  const { dead, parked } = history
  if (!Array.isArray(dead) && !Array.isArray(parked)) return document
  const shown = { ...history }
  if (Array.isArray(dead)) shown['dead'] = dead.map(withPayload)
  if (Array.isArray(parked))
    shown['parked'] = parked.map((one) => (isObject(one) ? { ...one, event: withPayload(one['event']) } : one))
  return { ...document, history: shown }
}

function withPayload(message: unknown): unknown {
  return isObject(message) ? { ...message, payload: {} } : message
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
