import { reasonOf } from '../../../src/errors.ts'
import type { CommandLine } from '../../command-line.ts'
import { checkedConfiguration } from '../../service/checked-configuration.ts'
import { apiClient, serviceUrl } from '../../service/service-flags.ts'
import type { HistorySource } from './history-source.ts'
import { openConfiguredStore, openSqliteFile, sqliteFileAt } from './open-store.ts'
import { serviceHistories } from './service-histories.ts'
import { storeHistories } from './store-histories.ts'
import type { ReadableStore } from './store-histories.ts'

/** An open source, or a text for stderr that says why there is none. */
export type OpenedSource =
  | { readonly ok: true; readonly source: HistorySource }
  | { readonly ok: false; readonly text: string }

/** Options of `openSource`. */
export interface SourceOptions {
  readonly token?: string | undefined
  /** The new machine as written, for filters by business state. */
  readonly machine: unknown
}

/**
 * Opens the histories that `--from` names: the URL of a service; a SQLite file, or the folder of an embedded store; or a saga.json,
 * whose store is opened to be read, with `DATA_PATH` and the secrets of the environment as at a start.
 */
export async function openSource(
  from: string,
  line: CommandLine['process'],
  { token, machine }: SourceOptions,
): Promise<OpenedSource> {
  try {
    if (/^https?:\/\//i.test(from)) {
      const place = { url: serviceUrl(from), json: false, ...(token !== undefined && { token }) }
      return { ok: true, source: serviceHistories(apiClient(place, line)) }
    }
  } catch (thrown) {
    return { ok: false, text: notOpen(from, thrown) }
  }
  const opened = await openStoreAt(from, line.env)
  if (!opened.ok) return opened
  return { ok: true, source: storeHistories(opened.store, opened.machine ?? machine) }
}

/** An open store, with the machine of its saga.json where one was named; or a text for stderr. */
export type OpenedAt =
  | { readonly ok: true; readonly store: ReadableStore; readonly machine?: unknown }
  | { readonly ok: false; readonly text: string }

/** Opens a SQLite file, the one of a folder, or the store of a saga.json, to read it. */
export async function openStoreAt(path: string, env: CommandLine['process']['env']): Promise<OpenedAt> {
  try {
    const file = await sqliteFileAt(path)
    if (file !== undefined) return { ok: true, store: await openSqliteFile(file) }
    const checked = await checkedConfiguration(path, env)
    if (!checked.ok) return checked
    const store = await openConfiguredStore(checked.configuration, env['DATA_PATH'] || './data')
    return { ok: true, store, machine: checked.configuration.machineShown }
  } catch (thrown) {
    return { ok: false, text: notOpen(path, thrown) }
  }
}

function notOpen(path: string, thrown: unknown): string {
  return `open ${JSON.stringify(path)}: ${reasonOf(thrown)}\n`
}
