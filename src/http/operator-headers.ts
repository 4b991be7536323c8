import type { Context } from 'hono'
import * as v from 'valibot'
import { freshId } from '../orchestrator/ids.ts'
import type { SagaOperation } from '../orchestrator/operators/saga-operation.ts'
import type { Runtime } from '../ports/runtime.ts'
import { errorResponse } from './error-response.ts'
import { BAD_KEY, idempotencyKey } from './idempotency-key.ts'

/** Longest name of an operator and longest reason, in characters: a saga keeps a hundred of them (P25). */
const LONGEST = { 'x-operator': 200, 'x-reason': 500 } as const
/** Characters of a header for one of its text: a UTF-16 unit is at most three bytes, each of them `%XX`. */
const WIDEST = 9

/** Headers of an operator's action: the actor, the reason, and the key of a repeat (P25). */
export const OPERATOR_HEADERS: v.GenericSchema = v.object({
  'x-operator': v.optional(v.string()),
  'x-reason': v.string(),
  'idempotency-key': v.optional(v.string()),
})

/** The same where the reason may stand in the body. */
export const OPERATOR_HEADERS_OF_BULK: v.GenericSchema = v.object({
  'x-operator': v.optional(v.string()),
  'x-reason': v.optional(v.string()),
  'idempotency-key': v.optional(v.string()),
})

/** The part of an operation that the headers of its request give. */
export type OperationOrigin = Pick<SagaOperation, 'id' | 'operator' | 'reason'>

/** Parts of `operationOrigin`. */
export interface OriginOptions {
  readonly runtime: Runtime
  /** The operator of a request without `x-operator`. */
  readonly unnamedOperator: string
}

/** The origin of an action, or the 400 that names the header. `body`: where the reason may stand too. */
export function operationOrigin(
  c: Context,
  { runtime, unnamedOperator }: OriginOptions,
  body?: { readonly reason?: string | undefined },
): OperationOrigin | Response {
  const id = idempotencyKey(c) ?? freshId(runtime)
  if (id === false) return errorResponse(c, 400, BAD_KEY)
  const header = decoded(c, 'x-reason')
  const inBody = body?.reason
  const reason = header ?? (inBody === undefined ? undefined : fit(inBody, 'x-reason'))
  if (reason === false && header === undefined) return errorResponse(c, 400, `reason ${MUST_BE_TEXT('x-reason')}`)
  if (header !== undefined && inBody !== undefined) return errorResponse(c, 400, TWO_REASONS)
  if (reason === undefined && body !== undefined) return errorResponse(c, 400, NO_REASON)
  if (reason === undefined) return errorResponse(c, 400, `the header x-reason is missing; it ${MUST_BE('x-reason')}`)
  if (reason === false) return errorResponse(c, 400, `the header x-reason ${MUST_BE('x-reason')}`)
  const operator = decoded(c, 'x-operator')
  if (operator === false) return errorResponse(c, 400, `the header x-operator ${MUST_BE('x-operator')}`)
  return { id, reason, operator: operator ?? unnamedOperator }
}

type TextHeader = keyof typeof LONGEST

const MUST_BE = (name: TextHeader) =>
  `must be percent-encoded UTF-8 (ASCII, a percent sign is %25), not empty, without control characters, at most ${LONGEST[name]} characters`

const MUST_BE_TEXT = (name: TextHeader) =>
  `must have no control characters, not be empty, and have at most ${LONGEST[name]} characters`
const NO_REASON = 'the reason is missing, expected reason in the body or the header x-reason'
const TWO_REASONS = 'the reason is given twice: as the header x-reason and as reason in the body'

/** A header as text; `undefined` where it is absent, `false` where it is refused. */
function decoded(c: Context, name: TextHeader): string | false | undefined {
  const header = c.req.header(name)
  if (header === undefined) return undefined
  // Bytes beyond ASCII are decoded as Latin-1 by some hosts, and as UTF-8 by others.
  if (header.length > WIDEST * LONGEST[name] || !/^[\u0020-\u007E]*$/.test(header)) return false
  try {
    return fit(decodeURIComponent(header), name)
  } catch {
    return false
  }
}

function fit(given: string, name: TextHeader): string | false {
  const text = given.trim()
  const isFit = text !== '' && text.length <= LONGEST[name] && !/[\u0000-\u001F\u007F-\u009F]/.test(text)
  return isFit && text
}
