import * as v from 'valibot'
import { LONGEST_NAME } from '../codec/message.ts'
import type { Metadata } from '../engine/saga.ts'

const state = v.pipe(
  v.string('state must be a string'),
  v.minLength(1, 'state must not be empty'),
  v.maxLength(LONGEST_NAME, `state must not be longer than ${LONGEST_NAME} characters`),
)

/** Body of a move by hand. `command` has no default: a command that is sent by mistake, or is not sent, is somebody's money. */
export interface MoveBody {
  readonly state: string
  readonly command: boolean
}

/** Body of a cancellation. */
export interface CancelBody {
  readonly state: string
}

/** Body of a redelivery: absent, it is that without keys. */
export interface RedeliverBody {
  readonly cancelled?: boolean | undefined
}

const A_REDELIVERY = 'the body must be absent, or an object with cancelled'
const A_MOVE = 'the body must be an object with state and command'
const A_CANCELLATION = 'the body must be an object with state'
const A_PATCH = 'the body must be an object: a JSON merge patch (RFC 7396) of the metadata'

/** Refuses arrays, which Valibot takes for objects without keys. */
const noArray = <T>(schema: v.GenericSchema<unknown, T>, message: string) => {
  const refusal: v.GenericSchema<unknown, T> = v.never(message)
  return v.lazy((input) => (Array.isArray(input) ? refusal : schema))
}

/** The body of `POST /sagas/{sagaId}/redeliver`. */
export const REDELIVER_BODY: v.GenericSchema<unknown, RedeliverBody> = noArray(
  v.strictObject({ cancelled: v.optional(v.boolean('cancelled must be true or false')) }, A_REDELIVERY),
  A_REDELIVERY,
)

/** The body of `POST /sagas/{sagaId}/move`: both required, nothing else. */
export const MOVE_BODY: v.GenericSchema<unknown, MoveBody> = noArray(
  v.strictObject({ state, command: v.boolean('command must be true or false') }, A_MOVE),
  A_MOVE,
)

/** The body of `POST /sagas/{sagaId}/cancel`. */
export const CANCEL_BODY: v.GenericSchema<unknown, CancelBody> = noArray(
  v.strictObject({ state }, A_CANCELLATION),
  A_CANCELLATION,
)

/** The body of `PATCH /sagas/{sagaId}/metadata`, not copied, so that own keys such as `__proto__` stay. */
export const METADATA_PATCH: v.GenericSchema<unknown, Metadata> = v.custom<Metadata>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  A_PATCH,
)
