import { nativeExpression } from '../pattern/native-expression.ts'
import { isDate, isDateTime, isDuration, isIsoDateTime, isIsoTime, isTime } from './date-formats.ts'
import { isEmail, isHostname, isIpv4, isIpv6 } from './network-formats.ts'
import {
  isJsonPointer,
  isJsonPointerFragment,
  isRelativeJsonPointer,
  isUri,
  isUriReference,
  isUriTemplate,
  isUrl,
} from './uri-formats.ts'

/** A format: a test of all values of one type. Its time is linear in the length of a text. */
export type Format =
  | { readonly type: 'string'; test(value: unknown): boolean }
  | { readonly type: 'number'; test(value: unknown): boolean }

/** The format of a name, as in ajv-formats; none for another name, which is not checked then. */
export function formatOf(name: string): Format | undefined {
  return FORMATS.get(name)
}

/** True for the name of a format that is checked. */
export function isFormat(name: string): boolean {
  return FORMATS.has(name)
}

/** The names of all formats. */
export function formatNames(): readonly string[] {
  return [...FORMATS.keys()]
}

const [LEAST_INT32, MOST_INT32] = [-(2 ** 31), 2 ** 31 - 1]

/** Longest text that is tried; a longer one has no such format. Encoded contents may be of any length. */
const LONGEST = 65_536
const UNBOUNDED: ReadonlySet<string> = new Set(['binary', 'byte', 'password'])

const TEXTS: Readonly<Record<string, (text: string) => boolean>> = {
  binary: () => true,
  byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  date: isDate,
  'date-time': isDateTime,
  duration: isDuration,
  email: isEmail,
  hostname: isHostname,
  ipv4: isIpv4,
  ipv6: isIpv6,
  'iso-date-time': isIsoDateTime,
  'iso-time': isIsoTime,
  'json-pointer': isJsonPointer,
  'json-pointer-uri-fragment': isJsonPointerFragment,
  password: () => true,
  regex: isRegularExpression,
  'relative-json-pointer': isRelativeJsonPointer,
  time: isTime,
  uri: isUri,
  'uri-reference': isUriReference,
  'uri-template': isUriTemplate,
  url: isUrl,
  uuid: (text) => /^(?:urn:uuid:)?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text),
}

const NUMBERS: Readonly<Record<string, (value: number) => boolean>> = {
  double: () => true,
  float: () => true,
  int32: (value) => Number.isInteger(value) && value >= LEAST_INT32 && value <= MOST_INT32,
  int64: (value) => Number.isInteger(value),
}

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ...Object.entries(TEXTS).map(([name, test]): [string, Format] => [
    name,
    { type: 'string', test: ofText(name, test) },
  ]),
  ...Object.entries(NUMBERS).map(([name, test]): [string, Format] => [
    name,
    { type: 'number', test: (value) => test(Number(value)) },
  ]),
])

function ofText(name: string, test: (text: string) => boolean): (value: unknown) => boolean {
  if (UNBOUNDED.has(name)) return (value) => test(String(value))
  return (value) => typeof value === 'string' && value.length <= LONGEST && test(value)
}

const LONGEST_EXPRESSION = 10_000

function isRegularExpression(text: string): boolean {
  return text.length <= LONGEST_EXPRESSION && nativeExpression(text, 'u') !== undefined
}
