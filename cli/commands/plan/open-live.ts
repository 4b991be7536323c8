import type { CommandLine } from '../../command-line.ts'
import { apiClient } from '../../service/service-flags.ts'
import type { ServiceFlags } from '../../service/service-flags.ts'
import { openStoreAt } from '../replay/open-source.ts'
import type { LiveSource } from './live-source.ts'

/** The place of the sagas that a deploy would meet. */
export interface LiveFlags extends ServiceFlags {
  /** A SQLite file, its folder, or a saga.json. */
  readonly store?: string
}

/** An open source, none where the flags name none, or a text for stderr that says why it cannot be opened. */
export type OpenedLive =
  | { readonly ok: true; readonly source: LiveSource | undefined }
  | { readonly ok: false; readonly text: string }

/** Opens the service or the store that the flags name. */
export async function openLive(flags: LiveFlags, line: CommandLine['process']): Promise<OpenedLive> {
  const { url, store } = flags
  if (url !== undefined && store !== undefined)
    return { ok: false, text: 'plan a deploy: found --url and --store, expected one of them\n' }
  if (url !== undefined) {
    const { serviceLive } = await import('./service-live.ts')
    return { ok: true, source: serviceLive(apiClient(flags, line), url) }
  }
  if (store === undefined) return { ok: true, source: undefined }
  const opened = await openStoreAt(store, line.env)
  if (!opened.ok) return opened
  const { storeLive } = await import('./store-live.ts')
  return { ok: true, source: storeLive(opened.store, store) }
}
