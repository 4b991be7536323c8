import type { SagaDocument } from '../../../src/codec/document.ts'
import { call, eventually } from '../../services/client.ts'
import type { Answer, Request } from '../../services/client.ts'

/** One exchange with a service, by its path. */
export type Ask = (path: string, request?: Request) => Promise<Answer>

export function askOf({ url }: { readonly url: string }): Ask {
  return (path, request) => call(`${url}${path}`, request)
}

/** Creates a saga and answers its id. */
export async function create(ask: Ask, metadata: object = {}, headers: Record<string, string> = {}): Promise<string> {
  const answer = await ask('/saga', { headers, body: { associatedEntityId: 'table-4', metadata } })
  if (answer.status !== 200) throw new Error(`create a saga: ${answer.status} ${answer.text}`)
  return (answer.json as { sagaId: string }).sagaId
}

export async function document(ask: Ask, id: string): Promise<SagaDocument> {
  const { status, text, json } = await ask(`/sagas/${encodeURIComponent(id)}`)
  if (status !== 200) throw new Error(`read the saga "${id}": ${status} ${text}`)
  return json as SagaDocument
}

/** Waits until the saga is in this state, and gives it. */
export function reached(ask: Ask, id: string, state: string, within = 20_000): Promise<SagaDocument> {
  return eventually(async () => {
    const found = await document(ask, id)
    return found.currentState === state ? found : undefined
  }, within)
}

/** Waits until nothing is owed for the saga: an answer may overtake the settling of the command it answers. */
export function atRest(ask: Ask, id: string): Promise<SagaDocument> {
  return eventually(async () => {
    const found = await document(ask, id)
    return found.owed === undefined || found.owed.length === 0 ? found : undefined
  })
}

/** Waits until a probe answers so, and gives its message. */
export function probe(ask: Ask, path: '/-/healthz' | '/-/ready', status: number, within = 20_000): Promise<string> {
  return eventually(async () => {
    const answer = await ask(path)
    return answer.status === status ? ((answer.json as { message?: string }).message ?? '') : undefined
  }, within)
}
