import type { Context } from 'hono'
import { selectHeaders } from '../codec/handed-on-headers.ts'
import type { LeftOutHeader } from '../codec/handed-on-headers.ts'
import { DEFAULTS } from '../defaults.ts'
import type { HandedOnHeaders } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'
import { errorResponse } from './error-response.ts'

/** Options of `handedOnHeaders`. */
export interface HandedOnOptions {
  /** Names in lower case (C3.6). */
  readonly handedOnHeaders: readonly string[]
  readonly runtime: Pick<Runtime, 'headerText'>
}

/**
 * The headers of a request that go on to the commands of its step (C3.6); `undefined` where it has none. An error where one of them
 * cannot go on: the caller can mend it, and a command without its user's identity may have another meaning.
 */
export function handedOnHeaders(c: Context, options: HandedOnOptions): HandedOnHeaders | Response | undefined {
  const { handedOnHeaders: names, runtime } = options
  const valueOf = (name: string) => {
    const value = c.req.header(name)
    return value === undefined || runtime.headerText === undefined ? value : runtime.headerText.read(value)
  }
  const selected = selectHeaders(names, valueOf, LIMITS)
  const [leftOut] = selected?.leftOut ?? []
  return leftOut === undefined ? selected?.headers : refusal(c, leftOut)
}

const LIMITS = { count: DEFAULTS.handedOnHeaders, bytes: DEFAULTS.handedOnBytes }

function refusal(c: Context, { name, reason }: LeftOutHeader): Response {
  switch (reason) {
    case 'malformed':
      return errorResponse(
        c,
        400,
        `the header ${name} must be one line without control characters, beyond ASCII in UTF-8`,
      )
    case 'too-many':
      return errorResponse(c, 431, `more than ${LIMITS.count} headers are to be handed on to commands`)
    case 'too-large':
      return errorResponse(c, 431, `the headers handed on to commands take more than ${LIMITS.bytes} bytes`)
  }
}
