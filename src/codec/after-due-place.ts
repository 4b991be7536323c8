import type { Instant, SagaId } from '../engine/saga.ts'

/** Key of a saga in the order of due sagas. */
export interface DueSaga {
  readonly id: SagaId
  readonly due?: Instant | null | undefined
}

/**
 * Sagas after a place, of those found from its instant on, for a store that orders due sagas by instant alone. `undefined`: the
 * place is not among them and more may follow, so the answer needs the next page. Where the place is gone, all of them follow
 * it.
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
