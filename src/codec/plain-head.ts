import { isHandedOn } from './handed-on-headers.ts'

/**
 * True for a stored head without rare fields whose other fields are all what the schema of heads wants. False says nothing: then the
 * schema judges, and names the flaw. Most heads are plain, and the schema takes ten times as long: half the time of reading a head.
 */
export function isPlainHead(head: unknown): boolean {
  if (!isObject(head)) return false
  const { entity, state, event, length, created, updated, owed, delivered } = head
  if (typeof entity !== 'string' || typeof state !== 'string' || typeof event !== 'string') return false
  if (!isCount(length) || !isInstant(created) || !isInstant(updated)) return false
  if (!isListOf(owed, isPlainDebt) || !isListOf(delivered, isPlainDelivery)) return false
  return hasNoRareField(head) && hasPlainRest(head)
}

/** An object of JSON. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Range of `Date`. */
export function isInstant(value: unknown): boolean {
  return typeof value === 'number' && value >= -LATEST && value <= LATEST
}

type PlainHead = Readonly<Record<string, unknown>>

const LATEST = 8.64e15

function hasNoRareField({ dead, parked, timer, hold, operations }: PlainHead): boolean {
  const isUsual = dead === undefined && parked === undefined && timer === undefined
  return isUsual && hold === undefined && operations === undefined
}

function hasPlainRest({ final, business, fingerprint, entered, entering }: PlainHead): boolean {
  return (
    (final === undefined || typeof final === 'boolean') &&
    (business === undefined || isTag(business)) &&
    (fingerprint === undefined || typeof fingerprint === 'string') &&
    (entered === undefined || isInstant(entered)) &&
    (entering === undefined || isCount(entering))
  )
}

function isTag(value: unknown): boolean {
  if (!isObject(value)) return false
  const { id, description } = value
  return (
    (typeof id === 'string' || typeof id === 'number') && (description === undefined || typeof description === 'string')
  )
}

/** A debt without a failed send and without a hold. */
function isPlainDebt(debt: unknown): boolean {
  if (!isObject(debt)) return false
  const { attempts, due, claimed, payload, held, sends, last } = debt
  return (
    isPlainMessage(debt) &&
    isCount(attempts) &&
    isInstant(due) &&
    (claimed === undefined || claimed === true) &&
    (payload === undefined || isObject(payload)) &&
    held === undefined &&
    sends === undefined &&
    last === undefined
  )
}

function isPlainDelivery(delivery: unknown): boolean {
  return isObject(delivery) && isPlainMessage(delivery) && isInstant(delivery['at']) && isCount(delivery['sends'])
}

/** The fields that debts and deliveries have in common. */
function isPlainMessage({ id, label, channel, since, trace, body, headers }: PlainHead): boolean {
  return (
    typeof id === 'string' &&
    typeof label === 'string' &&
    typeof channel === 'string' &&
    isInstant(since) &&
    (trace === undefined || typeof trace === 'string') &&
    (body === undefined || typeof body === 'string') &&
    (headers === undefined || (isObject(headers) && isHandedOn(headers)))
  )
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isListOf(value: unknown, isPlain: (item: unknown) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isPlain))
}
