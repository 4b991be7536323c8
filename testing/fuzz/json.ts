import type { Chance } from './chance.ts'

const KEYS = [
  'a',
  'b',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'length',
  '',
  '\\u0000',
  '\\ud800',
  '$set',
  'a.b',
  'é',
  '0',
]
const NUMBERS = ['0', '-0', '1', '1e400', '-1e400', '1e-400', '9007199254740993', '0.1', '1E+2', `1${'0'.repeat(400)}`]
const BAD = [
  '01',
  '+1',
  '.5',
  '1.',
  'NaN',
  'Infinity',
  'undefined',
  "'a'",
  '{a:1}',
  '[1,]',
  '{"a":1,}',
  '// c',
  '"\n"',
  '"\\x"',
  '"\\u12"',
]
const TEXTS = [
  '""',
  '"a"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\ud83e\\udd84"',
  '"é🦄"',
  '"%00"',
  '"<script>"',
  `"' OR 1=1 --"`,
  '"\u2028"',
]
const OTHERS = ['null', 'true', 'false']
/** Characters inserted to spoil a text. */
export const ODD: readonly string[] = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\u0000',
  '\uFEFF',
  'é',
  '\n',
  '0',
  'e',
  '-',
]

/** JSON text of a value; sometimes text that is not JSON. */
export function jsonText(chance: Chance, depth = 3): string {
  if (chance.once(60)) return chance.pick(BAD)
  if (chance.once(200)) return nested(chance)
  const kind = chance.upTo(depth > 0 ? 6 : 4)
  if (kind === 0) return chance.pick(NUMBERS)
  if (kind === 1) return chance.pick(TEXTS)
  if (kind === 2) return chance.pick(OTHERS)
  if (kind === 3) return chance.once(50) ? `"${'x'.repeat(chance.upTo(200_000))}"` : chance.pick(TEXTS)
  if (kind === 4) return `[${chance.some(4, () => jsonText(chance, depth - 1)).join(',')}]`
  return objectText(chance, depth)
}

/** JSON text of an object, with repeated keys and keys that JavaScript reserves. */
export function objectText(chance: Chance, depth = 3): string {
  const member = () => `"${chance.pick(KEYS)}":${jsonText(chance, depth - 1)}`
  return `{${chance.some(4, member).join(',')}}`
}

function nested(chance: Chance): string {
  const levels = chance.pick([10, 499, 500, 501, 5_000, 50_000])
  const [open, close] = chance.once(2) ? ['[', ']'] : ['{"a":', '}']
  const middle = open === '[' ? '' : '1'
  return open.repeat(levels) + middle + close.repeat(chance.once(4) ? levels - 1 : levels)
}
