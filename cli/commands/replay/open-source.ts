import { reasonOf } from '../../../src/errors.ts'
import type { CommandLine } from '../../command-line.ts'
import { checkedConfiguration } from '../../service/checked-configuration.ts'
import { apiClient, serviceUrl } from '../../service/service-flags.ts'
import type { HistorySource } from './history-source.ts'
import { openConfiguredStore, openSqliteFile, sqliteFileAt } from './open-store.ts'
import { serviceHistories } from './service-histories.ts'
import { storeHistories } from './store-histories.ts'

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
    const file = await sqliteFileAt(from)
    if (file !== undefined) return { ok: true, source: storeHistories(await openSqliteFile(file), machine) }
    const checked = await checkedConfiguration(from, line.env)
    if (!checked.ok) return checked
    const store = await openConfiguredStore(checked.configuration, line.env['DATA_PATH'] || './data')
    return { ok: true, source: storeHistories(store, checked.configuration.machineShown) }
  } catch (thrown) {
    return { ok: false, text: `open ${JSON.stringify(from)}: ${reasonOf(thrown)}\n` }
  }
}
