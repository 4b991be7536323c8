import type { Change } from '../../../src/engine/change.ts'
import { BatutaError } from '../../../src/errors.ts'

/** The message of an error answer; empty where it has none. */
export function messageIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown }
    return typeof message === 'string' ? message : ''
  } catch {
    return ''
  }
}

/** Advice where no answer came. */
export function adviceOn(why: string): string {
  if (/certificate/i.test(why)) return 'the certificate of the service must be one that this host trusts'
  return 'is the service at this protocol, host and port?'
}

/** Advice on an error status. */
export function adviceFor(status: number): string {
  if (status === 401 || status === 403) return ': the configured headers are not accepted'
  if (status === 404) return ': it has no such collection; check "collectionName"'
  if (status === 400)
    return ': has the collection the fields of examples/crud-collection.sagas.json or of saga-collection.flow-manager.json?'
  if (status === 431) return ': the configured headers are too long'
  return status >= 500 ? ': the service or its database failed, see the log of the service' : ''
}

/** The list of an answer. A gateway's own answer may be JSON too: then the store is down, whatever was asked (P20). */
export function listIn(value: unknown, action: string): unknown[] {
  if (!Array.isArray(value)) throw unlike(action, 'is no array')
  return value
}

/** The error for an answer that the service would not give. */
export function unlike(action: string, what: string): BatutaError {
  return new BatutaError(
    'store-unavailable',
    `${action} in the store "crud": the answer ${what}: is it the CRUD Service?`,
  )
}

/** The error `store-unusable` of the CRUD Service. */
export function unusable(action: string, what: string): BatutaError {
  return new BatutaError('store-unusable', `${action} in the store "crud": ${what}`)
}

/** The error for an id that fits into no address. */
export function unaddressable({ sagaId }: Change): BatutaError {
  const what = 'this id does not fit into an address, or is not well-formed'
  return new BatutaError('store-unusable', `save the saga ${JSON.stringify(sagaId.slice(0, 200))}: ${what}`)
}
