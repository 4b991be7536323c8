import type { SchemaRun } from '../schema-run.ts'
import { numberOf, type Check, type KeywordContext } from './keyword-context.ts'

/** The keywords of numbers. Other values pass. */
export function numberChecks(context: KeywordContext): readonly Check[] {
  const rule = (keyword: string, words: string, test: NumberTest): readonly Check[] => {
    const limit = numberOf(context, keyword)
    if (limit === undefined) return []
    const expected = `${words} ${limit}`
    return [(value, run) => typeof value !== 'number' || test(value, limit, run) || run.fail(value, expected)]
  }
  return [
    ...rule('minimum', 'a number of at least', (value, limit) => value >= limit),
    ...rule('maximum', 'a number of at most', (value, limit) => value <= limit),
    ...rule('exclusiveMinimum', 'a number above', (value, limit) => value > limit),
    ...rule('exclusiveMaximum', 'a number below', (value, limit) => value < limit),
    ...rule('multipleOf', 'a multiple of', isMultiple),
  ]
}

type NumberTest = (value: number, limit: number, run: SchemaRun) => boolean

/** Exact for the decimals as they are written: 0.3 is a multiple of 0.1, although the double is not. */
function isMultiple(value: number, of: number, run: SchemaRun): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(of)) return value % of === 0
  const [digits, exponent] = decimalOf(value)
  const [ofDigits, ofExponent] = decimalOf(of)
  const shift = exponent - ofExponent
  run.spendOn(value, Math.abs(shift))
  return shift >= 0
    ? (digits * 10n ** BigInt(shift)) % ofDigits === 0n
    : digits % (ofDigits * 10n ** BigInt(-shift)) === 0n
}

/** A double as an integer times a power of ten. */
function decimalOf(value: number): readonly [digits: bigint, exponent: number] {
  const [coefficient = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = coefficient.split('.')
  return [BigInt(whole + fraction), Number(exponent) - fraction.length]
}
