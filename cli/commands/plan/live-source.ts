import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { ServiceFailure } from '../../service/api-client.ts'
import type { CountedState, PagesRead, SagaListItem, SagasAsked } from '../../service/saga-pages.ts'

/** The sagas that a deploy would meet: of a running service, or of a store. Nothing of it throws. */
export interface LiveSource {
  /** Its URL without user, password and query, or the path of the store. */
  readonly place: string
  /** The machine that runs; `undefined` where the place has none, as a store. */
  machine(): Promise<{ readonly ok: true; readonly value: unknown } | ServiceFailure>
  /** Numbers by state of the sagas that match; `counts` is absent where they must be listed. */
  count(filters: SagasAsked['filters']): Promise<CountsRead | ServiceFailure>
  /** Most sagas that are worth listing where they are not counted. */
  readonly mostListed: number
  list(asked: SagasAsked, take: (items: readonly SagaListItem[]) => void | Promise<void>): Promise<PagesRead>
  /** `undefined` where the saga is gone, or its stored form is damaged. */
  document(id: string): Promise<SagaDocument | ServiceFailure | undefined>
  close(): Promise<void>
}

/** Numbers by state, where the place has them. */
export interface CountsRead {
  readonly ok: true
  readonly counts?: readonly CountedState[] | undefined
}
