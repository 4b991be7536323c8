import { openCrud } from '../../adapters/persistency/crud.ts'
import { encode } from '../../adapters/persistency/crud/document.ts'
import type { CrudDocument } from '../../adapters/persistency/crud/document.ts'
import { encodeStoredDocument } from '../../src/codec/stored-document.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { Recorded } from './load.ts'
import { at, refused } from './subject.ts'
import type { BareWriter, StoreSubject } from './subject.ts'

const TIMEOUTS = { connect: DEFAULTS.connect, answer: DEFAULTS.answer }

/** The form that its collection wants (C5a). */
const FORM = { latestEvent: 'object', businessStateId: 'string' } as const

/** The fake CRUD Service. Bare: one `PATCH` with `_q` a write. */
export async function openCrudSubject(
  address: string,
  runtime: Runtime,
  recorded: readonly Recorded[],
): Promise<StoreSubject> {
  const { hostname: host, port } = new URL(address)
  const place = { protocol: 'http', host, port: Number(port), collectionName: 'sagas', headers: {} } as const
  const store = await openCrud(place, runtime.fetch)
  return { store, bare: bareOf(`${address}/sagas/`, runtime, texts(recorded)), close: () => store.close() }
}

interface Text {
  /** The fields as JSON. */
  readonly text: string
  readonly writeId: string
}

function texts(recorded: readonly Recorded[]): readonly Text[] {
  let before: CrudDocument | undefined
  return recorded.map(({ change, next }) => {
    const document = encodeStoredDocument(change, next, before?.document)
    const { text, kept } = encode({ document, before, isStep: true, form: FORM })
    before = kept
    return { text, writeId: change.writeId }
  })
}

function bareOf(base: string, { fetch }: Runtime, texts: readonly Text[]): BareWriter {
  const headers = { 'content-type': 'application/json' }
  const ask = async (method: string, url: string, body: string): Promise<string> => {
    const answer = await fetch(url, { method, headers, body, timeouts: TIMEOUTS, keep: 1_000 })
    if (answer.status !== 200) throw refused(method, answer)
    return answer.body
  }
  return {
    async create(id) {
      await ask('POST', base, `{"sagaId":${JSON.stringify(id)},${at(texts, 0).text.slice(1)}`)
      return undefined
    },
    async write(id, number) {
      const condition = JSON.stringify({ 'history.writeId': at(texts, number - 1).writeId })
      const url = `${base}?sagaId=${encodeURIComponent(id)}&_q=${encodeURIComponent(condition)}`
      const count = await ask('PATCH', url, `{"$set":${at(texts, number).text}}`)
      if (count !== '1') throw refused('PATCH', count)
      return undefined
    },
  }
}
