import type { Instant, SagaId } from '../engine/saga.ts'

/** Where a saga stands among what is due. */
export interface DueSaga {
  readonly id: SagaId
  readonly due?: Instant | null | undefined
}

/**
 * What comes after a place, of sagas that were found from its instant on, earliest first, in a store that orders them by nothing
 * but the instant. Where the place is not among them and more may be, nobody knows yet; where it is gone, all of them come after it.
 */
export function afterDuePlace<T>(
  found: readonly T[],
  after: DueSaga | undefined,
  { of, isAll }: { readonly of: (one: T) => DueSaga; readonly isAll: boolean },
): readonly T[] | undefined {
  if (after === undefined) return found
  const at = found.findIndex((one) => of(one).id === after.id)
  if (at !== -1) return found.slice(at + 1)
  const last = found.at(-1)
  const mayCome = !isAll && (last === undefined || of(last).due === after.due)
  return mayCome ? undefined : found
}
