import type { SurveyedDocument } from '../../../src/codec/stored-document.ts'
import type { Fetch } from '../../../src/ports/runtime.ts'
import { CrudClient } from './connect.ts'
import type { CrudSettings } from './connect.ts'
import { decode } from './document.ts'
import { CrudReader, PAGE } from './read.ts'

/**
 * Every document of the collection in the order of its ids, page by page; writes nothing. Those without an id come last. Rejects
 * with a `BatutaError`.
 */
export async function* surveyCrud(settings: CrudSettings, fetch: Fetch): AsyncGenerator<SurveyedDocument> {
  const reader = new CrudReader(new CrudClient(settings, fetch))
  for (let after: string | undefined = ''; after !== undefined;) {
    const query = { _q: JSON.stringify({ sagaId: { [after === '' ? '$gte' : '$gt']: after } }), _s: 'sagaId' }
    const { found, isLast } = await reader.some('read the sagas', query, PAGE)
    for (const value of found) yield surveyed(value)
    after = isLast ? undefined : idOf(found.at(-1))
  }
  for (let skip = 0; ;) {
    const query = { _q: JSON.stringify({ sagaId: null }), _s: '_id', _sk: skip }
    const { found, isLast } = await reader.some('read the documents without an id', query, PAGE)
    for (const value of found) yield surveyed(value)
    if (isLast) return
    skip += found.length
  }
}

function surveyed(value: unknown): SurveyedDocument {
  const kept = decode(value)
  return { id: idOf(value), read: kept.ok ? { ok: true, value: kept.value.document } : kept }
}

function idOf(value: unknown): string | undefined {
  const { sagaId } = (value ?? {}) as { sagaId?: unknown }
  return typeof sagaId === 'string' ? sagaId : undefined
}
