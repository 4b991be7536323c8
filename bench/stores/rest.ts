import { restPersistency } from '../../adapters/persistency/rest.ts'
import { encodeBody } from '../../adapters/persistency/rest/document.ts'
import { encodeStoredDocument } from '../../src/codec/stored-document.ts'
import type { StoredDocument } from '../../src/codec/stored-document.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { Recorded } from './load.ts'
import { at, refused } from './subject.ts'
import type { BareWriter, Revision, StoreSubject } from './subject.ts'

const TIMEOUTS = { connect: DEFAULTS.connect, answer: DEFAULTS.answer }

/** `examples/persistency-manager`. Bare: one `PUT` with `If-Match` a write. */
export async function openRest(
  address: string,
  runtime: Runtime,
  recorded: readonly Recorded[],
): Promise<StoreSubject> {
  const { hostname: endpoint, port } = new URL(address)
  const target = { protocol: 'http', endpoint, port: Number(port), path: '/sagas', method: 'PUT', headers: {} } as const
  const store = restPersistency(target, runtime.fetch)
  return { store, bare: bareOf(`${address}/sagas/`, runtime, bodies(recorded)), close: () => store.close() }
}

function bodies(recorded: readonly Recorded[]): readonly string[] {
  let before: StoredDocument | undefined
  return recorded.map(({ change, next }) => {
    const document = encodeStoredDocument(change, next, before)
    const answered = before && { document: before, hidesEntity: false, lacksHistory: false }
    const body = encodeBody({ document, before: answered, isStep: true })
    before = document
    return body
  })
}

function bareOf(base: string, { fetch }: Runtime, bodies: readonly string[]): BareWriter {
  const put = async (id: string, number: number, condition: Readonly<Record<string, string>>): Promise<Revision> => {
    const headers = { ...condition, 'content-type': 'application/json' }
    const request = { method: 'PUT', headers, body: at(bodies, number), timeouts: TIMEOUTS, keep: 0 }
    const answer = await fetch(base + id, request)
    if (answer.status !== 200) throw refused('PUT', answer.status)
    return answer.header('etag') ?? undefined
  }
  return {
    create: (id) => put(id, 0, { 'if-none-match': '*' }),
    write: (id, number, tag = '') => put(id, number, { 'if-match': tag }),
  }
}
