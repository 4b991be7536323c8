import { BatutaError, reasonOf } from './errors.ts'
import type { Capabilities, Persistency } from './ports/persistency.ts'
import type { Source } from './ports/source.ts'
import type { PreparedHost } from './service.ts'

/**
 * Events that were acknowledged before belong to sagas that a store which is empty has lost. One that is this process's own and
 * new is refused (P22). A shared one may be empty for a good reason, such as retention, or be away just now: what is found there
 * is told, and nobody waits for it.
 */
export async function refuseLostStore(
  prepared: PreparedHost,
  store: Persistency,
  sources: readonly Source[],
): Promise<void> {
  const { shared, adoption } = store.can
  if (shared) {
    if (sources.length > 0) void tellLostStore(prepared, store, sources)
    return
  }
  const begun = await beginnings(prepared, store, sources)
  const why = whyLost(prepared, store, begun)
  if (why !== undefined) {
    const advice = 'Is DATA_PATH the folder of the last run? ALLOW_EMPTY_STORE=true starts with the empty one'
    throw new BatutaError('source-refused', `${why} ${advice}`)
  }
  // Where nobody could be asked, the next start is to ask again.
  if (adoption !== false && !begun.some(({ hasBegun }) => hasBegun === undefined)) await adoption.adopt()
}

async function tellLostStore(prepared: PreparedHost, store: Persistency, sources: readonly Source[]): Promise<void> {
  const { log } = prepared.runtime
  try {
    const why = whyLost(prepared, store, await beginnings(prepared, store, sources))
    if (why !== undefined) log.warn(`${why} Is it the right database, and the right collection or prefix in it?`)
  } catch (thrown) {
    log.debug('whether the store is empty is not known', { why: reasonOf(thrown) })
  }
}

interface Begun {
  readonly id: string
  readonly hasBegun: boolean | undefined
}

/** Of the sources of a store that may have lost their sagas; none where it has not, or may. */
async function beginnings(
  { environment }: PreparedHost,
  { can }: Persistency,
  sources: readonly Source[],
): Promise<readonly Begun[]> {
  if (environment.allowEmptyStore || (await isInUse(can))) return []
  return Promise.all(sources.map(async (source) => ({ id: source.id, hasBegun: await source.hasBegun() })))
}

function whyLost({ configuration }: PreparedHost, { name }: Persistency, begun: readonly Begun[]): string | undefined {
  const ids = begun.flatMap(({ id, hasBegun }) => (hasBegun === true ? [`"${id}"`] : []))
  if (ids.length === 0) return undefined
  return (
    `open the store "${configuration.persistency?.type ?? name}": found it empty, but events of ${ids.join(', ')} were ` +
    'acknowledged before; expected the store that has their sagas.'
  )
}

/** It may be empty and in use: before its first saga, and when the last one was taken away. One that cannot list may be. */
async function isInUse({ adoption, list }: Capabilities): Promise<boolean> {
  if (adoption !== false && (await adoption.isAdopted())) return true
  if (list === false) return true
  const { items, unreadable = [] } = await list.page({ limit: 1 })
  return items.length + unreadable.length > 0
}
