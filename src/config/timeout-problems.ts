import { compilePayloadCheck } from '../machine/payload.ts'
import type { PayloadSchema } from '../machine/definition.ts'
import { get, isObject, type JsonObject } from './json-tree.ts'
import { similarWord } from './nearest-word.ts'
import { mismatchAt, problem, type Problem } from './problem.ts'
import { children, statesIn, type PlacedObject } from './reference-problems.ts'

/**
 * Timeouts that could never have an effect (C2.5a, P18): the event must be one that the state takes, a resend needs a command, and
 * a final state waits for nothing. Values of the wrong shape are left to the schema.
 */
export function timeoutProblems(file: JsonObject): readonly Problem[] {
  return statesIn(file).flatMap((state) => {
    const timeout = state.object['timeout']
    return isObject(timeout) ? problemsOf(state, timeout) : []
  })
}

function problemsOf(state: PlacedObject, timeout: JsonObject): readonly Problem[] {
  const path = [...state.path, 'timeout']
  const { event, resend } = timeout
  if (state.object['isFinal'] === true)
    return [problem('timeout.final', mismatchAt(path, timeout, 'none: a final state waits for nothing'))]
  if (event === undefined && (resend === undefined || resend === 0))
    return [problem('timeout.idle', mismatchAt(path, timeout, '"event", or "resend" above 0: this one has no effect'))]
  const resends = typeof resend === 'number' && resend > 0
  const unsent = resends && state.object['outputCommand'] === undefined
  const expected = '0, or an "outputCommand" of the state that can be sent again'
  return [
    ...(unsent ? [problem('timeout.idle', mismatchAt([...path, 'resend'], resend, expected))] : []),
    ...(typeof event === 'string' ? eventProblems(state, event) : []),
  ]
}

function eventProblems(state: PlacedObject, event: string): readonly Problem[] {
  const path = [...state.path, 'timeout', 'event']
  const transitions = children(state, 'outgoingTransitions')
  if (!Array.isArray(state.object['outgoingTransitions'] ?? [])) return []
  const transition = transitions.find(({ object }) => object['inputEvent'] === event)
  if (transition === undefined) {
    const similar = similarWord(
      event,
      transitions.map(({ object }) => String(object['inputEvent'])),
    )
    const hint = similar === undefined ? '' : ` (perhaps "${similar}")`
    return [problem('timeout.event', mismatchAt(path, event, `an event that the state lists${hint}`))]
  }
  const why = refusalOf(get(transition.object, 'payloadValidationSchema'))
  if (why === undefined) return []
  const expected = `an event whose schema accepts an empty payload: ${why}`
  return [problem('timeout.refused', mismatchAt(path, event, expected))]
}

/** The event of a timer has no payload. `undefined` also for a schema that is reported as invalid elsewhere. */
function refusalOf(schema: unknown): string | undefined {
  if (!isObject(schema) && typeof schema !== 'boolean') return undefined
  try {
    return compilePayloadCheck(schema as PayloadSchema, {})({})
  } catch {
    return undefined
  }
}
