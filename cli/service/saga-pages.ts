import type { SagaSummary } from '../../src/codec/saga-summary.ts'
import type { StateCount } from '../../src/codec/state-count.ts'
import type { ApiClient, ServiceFailure } from './api-client.ts'

/** A saga as `GET /sagas` lists it. */
export type SagaListItem = SagaSummary | UnreadableListed

/** A saga whose stored form is damaged. */
export interface UnreadableListed {
  readonly sagaId: string
  readonly unreadable: string
}

/** An answer of `GET /sagas`. */
export interface SagaListPage {
  readonly items: readonly SagaListItem[]
  readonly next?: string
  /** With `counts=true`: numbers by state, or why there are none. */
  readonly counts?: readonly CountedState[]
  readonly uncounted?: string
}

/** Numbers of the sagas in one state. */
export interface CountedState extends Omit<StateCount, 'oldestDebt'> {
  readonly oldestDebt?: string
}

/** The largest page of the service. */
const PAGE = 200

/** Sagas to be listed. */
export interface SagasAsked {
  /** Filters of `GET /sagas`. */
  readonly filters: Readonly<Record<string, string>>
  /** Most sagas that are read. */
  readonly most: number
}

/** All pages were read, or as many sagas as asked: then `next` is the cursor of the rest. */
export type PagesRead = { readonly ok: true; readonly next?: string | undefined } | ServiceFailure

/** Lists sagas page by page, newest first, and gives each page to `take` before the next one is asked for. */
export async function readPages(
  client: ApiClient,
  { filters, most }: SagasAsked,
  take: (items: readonly SagaListItem[]) => void | Promise<void>,
): Promise<PagesRead> {
  let [read, cursor]: [number, string | undefined] = [0, undefined]
  do {
    const limit = String(Math.min(PAGE, most - read))
    const answer = await client.send({ path: '/sagas', query: { ...filters, limit, cursor } })
    if (!answer.ok) return answer
    const { items, next } = answer.value as SagaListPage
    await take(items)
    read += items.length
    cursor = next
  } while (cursor !== undefined && read < most)
  return { ok: true, next: cursor }
}
