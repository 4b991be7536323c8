import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { call, eventually } from '../../services/client.ts'
import type { Answer, Request } from '../../services/client.ts'

/** One exchange with a service, by its path. */
export type AskService = (path: string, request?: Request) => Promise<Answer>

export function askOf({ url }: { readonly url: string }): AskService {
  return (path, request) => call(`${url}${path}`, request)
}

/** Creates a saga and resolves with its id. */
export async function create(
  ask: AskService,
  metadata: object = {},
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await ask('/saga', { headers, body: { associatedEntityId: 'table-4', metadata } })
  if (answer.status !== 200) throw new Error(`create a saga: ${answer.status} ${answer.text}`)
  return (answer.json as { sagaId: string }).sagaId
}

export async function document(ask: AskService, id: string): Promise<SagaDocument> {
  const { status, text, json } = await ask(`/sagas/${encodeURIComponent(id)}`)
  if (status !== 200) throw new Error(`read the saga "${id}": ${status} ${text}`)
  return json as SagaDocument
}

const PATIENCE = 20_000

/** Waits until the saga is in this state, for 20 s or `within` ms, and resolves with its document. */
export function reached(
  ask: AskService,
  id: string,
  expected: string | { readonly state: string; readonly within: number },
): Promise<SagaDocument> {
  const { state, within } = typeof expected === 'string' ? { state: expected, within: PATIENCE } : expected
  return eventually(async () => {
    const found = await document(ask, id)
    return found.currentState === state ? found : undefined
  }, within)
}

/** Waits until the saga's outbox is empty: an answer may arrive before its command is settled. */
export function atRest(ask: AskService, id: string): Promise<SagaDocument> {
  return eventually(async () => {
    const found = await document(ask, id)
    return found.owed === undefined || found.owed.length === 0 ? found : undefined
  })
}

/** Waits until a probe has this status, for 20 s or `within` ms, and resolves with its message. */
export function probe(
  ask: AskService,
  path: '/-/healthz' | '/-/ready',
  expected: number | { readonly status: number; readonly within: number },
): Promise<string> {
  const { status, within } = typeof expected === 'number' ? { status: expected, within: PATIENCE } : expected
  return eventually(async () => {
    const answer = await ask(path)
    return answer.status === status ? ((answer.json as { message?: string }).message ?? '') : undefined
  }, within)
}
