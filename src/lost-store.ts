import { storeTypeOf } from './config/persistency-schema.ts'
import { BatutaError, reasonOf } from './errors.ts'
import type { Capabilities, Persistency } from './ports/persistency.ts'
import type { Source } from './ports/source.ts'
import type { PreparedHost } from './service.ts'

/**
 * Detects an empty store although events were acknowledged before: their sagas are lost (P22). A store of this process's own is
 * refused, with the error `source-refused`. A shared store may be empty for a good reason, such as retention, or be away: a
 * warning is logged, and the start does not wait for it.
 */
export async function refuseLostStore(
  prepared: PreparedHost,
  store: Persistency,
  sources: readonly Source[],
): Promise<void> {
  const { shared, adoption } = store.can
  if (shared) {
    if (sources.length > 0) void warnOfLostStore(prepared, store, sources)
    return
  }
  const progress = await progressOf(prepared, store, sources)
  const acknowledged = acknowledgedIn(progress)
  if (acknowledged.length > 0) throw lostStore(typeOf(prepared, store), acknowledged)
  // A source that did not answer is asked again at the next start: the store is not marked as adopted before.
  if (adoption !== false && !progress.some(({ hasBegun }) => hasBegun === undefined)) await adoption.adopt()
}

async function warnOfLostStore(prepared: PreparedHost, store: Persistency, sources: readonly Source[]): Promise<void> {
  const { log } = prepared.runtime
  try {
    const acknowledged = acknowledgedIn(await progressOf(prepared, store, sources))
    if (acknowledged.length > 0) log.write('store.empty', { store: typeOf(prepared, store), sources: acknowledged })
  } catch (thrown) {
    log.write('store.emptiness-unknown', { why: reasonOf(thrown) })
  }
}

interface SourceProgress {
  readonly id: string
  /** True if events of this source were acknowledged before; `undefined` where it cannot be told. */
  readonly hasBegun: boolean | undefined
}

/** The progress of every source; none where the store is in use, or an empty one is allowed. */
async function progressOf(
  { environment }: PreparedHost,
  { can }: Persistency,
  sources: readonly Source[],
): Promise<readonly SourceProgress[]> {
  if (environment.allowEmptyStore || (await isInUse(can))) return []
  return Promise.all(sources.map(async (source) => ({ id: source.id, hasBegun: await source.hasBegun() })))
}

function acknowledgedIn(progress: readonly SourceProgress[]): readonly string[] {
  return progress.filter(({ hasBegun }) => hasBegun === true).map(({ id }) => id)
}

function lostStore(store: string, sources: readonly string[]): BatutaError {
  const ids = sources.map((id) => `"${id}"`).join(', ')
  return new BatutaError(
    'source-refused',
    `open the store "${store}": found it empty, but events of ${ids} were acknowledged before; expected the store that has ` +
      'their sagas. Is DATA_PATH the folder of the last run? ALLOW_EMPTY_STORE=true starts with the empty one',
  )
}

function typeOf({ configuration: { persistency } }: PreparedHost, { name }: Persistency): string {
  return persistency === undefined ? name : storeTypeOf(persistency)
}

/** A store in use may be empty: before its first saga, and after the last one was removed. A store that cannot list counts as in use. */
async function isInUse({ adoption, list }: Capabilities): Promise<boolean> {
  if (adoption !== false && (await adoption.isAdopted())) return true
  if (list === false) return true
  const { items, unreadable = [] } = await list.page({ limit: 1 })
  return items.length + unreadable.length > 0
}
