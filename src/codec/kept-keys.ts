/** The changed keys of a step as the history keeps them. */
export interface KeptKeys {
  /** Keys at the top of the metadata that the step changed: the first ones, and none that is long. */
  readonly changed?: readonly string[] | undefined
  /** Number of all of them; absent where `changed` has them all. */
  readonly changedCount?: number | undefined
}

/** Keys of one entry, and characters of a key: a payload of a thousand keys must not fill the history. */
const [MOST, LONGEST] = [20, 100]

/** The keys that the history keeps of a step's; those of a kept step are the same. */
export function keptKeys({ changed, changedCount }: KeptKeys): KeptKeys {
  if (changed === undefined) return NONE
  if (changedCount !== undefined) return { changed, changedCount }
  if (changed.length <= MOST && changed.every(isShort)) return { changed }
  return { changed: changed.filter(isShort).slice(0, MOST), changedCount: changed.length }
}

/** Kept keys in a row: the keys, with their number at the end where there are more. */
export type KeysInRow = readonly (string | number)[]

/** The changed keys of a step for its row. */
export function encodeKeys(step: KeptKeys): KeysInRow {
  const { changed = [], changedCount } = keptKeys(step)
  return changedCount === undefined ? changed : [...changed, changedCount]
}

/** The keys of a row. */
export function decodeKeys(row: KeysInRow): KeptKeys {
  const changed = row.filter((key) => typeof key === 'string')
  const last = row.at(-1)
  return typeof last === 'number' ? { changed, changedCount: last } : { changed }
}

const NONE: KeptKeys = Object.freeze({})

function isShort(key: string): boolean {
  return key.length <= LONGEST
}
