import * as v from 'valibot'
import { isObject } from './json-tree.ts'
import { noArray, object } from './schema-parts.ts'

/** `rate` and `concurrency` of a channel (C2.5a). */
export interface LimitSettings {
  /** Commands a second. */
  readonly rate?: LimitSetting | undefined
  /** Commands under way at once. */
  readonly concurrency?: LimitSetting | undefined
}

/** One limit: of the channel, or with `by` of each value at that path of the metadata. */
export interface LimitSetting {
  readonly limit: number
  readonly by?: readonly string[] | undefined
}

/** Beyond it a number is a mistake: no process starts so many sends. */
const MOST = 1_000_000
/** RFC 6901, with one reference token at least: the whole metadata is no key. */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/

const A_POINTER = 'a JSON pointer into the metadata, such as "/customer/id"'
const BY: v.GenericSchema<unknown, readonly string[]> = v.pipe(
  v.string(A_POINTER),
  v.regex(POINTER, A_POINTER),
  v.transform(tokensOf),
)

const A_RATE = `commands a second, a number above zero and at most ${MOST}, or { "limit": 5, "by": "/customer/id" }`
/** Commands a second (C2.5a). */
export const RATE: v.GenericSchema<unknown, LimitSetting> = limitOf(
  A_RATE,
  v.pipe(v.number(A_RATE), v.gtValue(0, A_RATE), v.maxValue(MOST, A_RATE)),
)

const A_CONCURRENCY = `commands under way at once, a whole number from 1 to ${MOST}, or { "limit": 5, "by": "/customer/id" }`
/** Commands under way at once (C2.5a). */
export const CONCURRENCY: v.GenericSchema<unknown, LimitSetting> = limitOf(
  A_CONCURRENCY,
  v.pipe(
    v.number(A_CONCURRENCY),
    v.integer(A_CONCURRENCY),
    v.minValue(1, A_CONCURRENCY),
    v.maxValue(MOST, A_CONCURRENCY),
  ),
)

/** The expected value of limits with keys of two kinds. */
export const ONE_KEY = 'the same "by" as that of "rate": the commands of a channel have one key'

/** Commands wait in one line for each key, so there is one kind of key. */
export function hasOneKey({ rate, concurrency }: LimitSettings): boolean {
  const [one, other] = [rate?.by, concurrency?.by]
  return one === undefined || other === undefined || one.join('\0') === other.join('\0')
}

/** A number, or an object with the number and the place of a key. */
function limitOf(expected: string, number: v.GenericSchema<unknown, number>): v.GenericSchema<unknown, LimitSetting> {
  const alone = v.pipe(
    number,
    v.transform((limit): LimitSetting => ({ limit })),
  )
  const byKey = noArray(object({ limit: number, by: v.optional(BY) }, expected), expected)
  return v.lazy((input): v.GenericSchema<unknown, LimitSetting> =>
    isObject(input) || Array.isArray(input) ? byKey : alone,
  )
}

function tokensOf(pointer: string): readonly string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}
