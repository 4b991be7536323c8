import type { InexactNumbers } from '../engine/saga.ts'
import { isExact, normalOf } from './decimal.ts'
import { endOfString, pathAt } from './json-path.ts'

/** Numbers of a text that its value does not hold as they were written. */
export interface Inexact extends InexactNumbers {
  /** The value as it is kept: what exceeds all doubles is null, as JSON can write nothing else. */
  kept(value: unknown): unknown
  /** The value with the numbers as texts, which tells one from another where doubles do not; the text itself, where there are many. */
  told(): unknown
}

/** Numbers with no more digits, and an exponent no larger, are exact. */
const DIGITS = 15
const EXPONENT = 250
/** Numbers that are compared digit by digit: any more of a text count as inexact where they are not as a double prints. */
const MOST = 50_000
/** Inexact numbers that are told apart: a text with more is not looked through further, so that none takes long. */
const MANY = 10_000
/** Characters of a number that anybody is shown. */
const SHOWN = 40

/** Where they stand in a text: from, to. */
type Span = readonly [from: number, to: number]

/** Looks through a valid JSON text once, past its strings; nearly none has a number that is worth a second look. */
export function inexactIn(text: string): Inexact | undefined {
  const spans: Span[] = []
  let looked = 0
  for (let at = nextSuspect(text, 0); at !== -1 && spans.length < MANY;) {
    const to = endOfNumber(text, at)
    const literal = text.slice(at, to)
    if (String(Number(literal)) !== literal && (++looked > MOST || !isExact(literal))) spans.push([at, to])
    at = nextSuspect(text, to)
  }
  const first = spans[0]
  return first && found(text, first, spans)
}

function found(text: string, first: Span, spans: readonly Span[]): Inexact {
  const literal = text.slice(...first)
  const isMany = spans.length === MANY
  return {
    path: pathAt(text, first[0]),
    literal: literal.length > SHOWN ? `${literal.slice(0, SHOWN)}…` : literal,
    becomes: String(nullIfBeyond(literal)),
    count: spans.length,
    kept: (value) => {
      const isBeyond = isMany || spans.some((span) => nullIfBeyond(text.slice(...span)) === null)
      return isBeyond ? withoutInfinity(value) : value
    },
    told: () =>
      isMany ? text : JSON.parse(replaced(text, spans, (each) => JSON.stringify(`\u0000${normalOf(each)}`))),
  }
}

function nullIfBeyond(literal: string): number | null {
  const value = Number(literal)
  return Number.isFinite(value) ? value : null
}

/** A value that was just parsed, changed where it stands. As deep as `parseJson` lets it be, hence by recursion. */
function withoutInfinity(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Record<string, unknown>
  // Every key is an own one: one named __proto__ is written as the others are.
  for (const [key, was] of Object.entries(fields)) fields[key] = withoutInfinity(was)
  return value
}

function replaced(text: string, spans: readonly Span[], by: (literal: string) => string): string {
  const parts: string[] = []
  let copied = 0
  for (const [from, to] of spans) {
    parts.push(text.slice(copied, from), by(text.slice(from, to)))
    copied = to
  }
  return parts.join('') + text.slice(copied)
}

/** The next number from here on that is worth a second look, its sign included; -1 where there is none. */
function nextSuspect(text: string, from: number): number {
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, at)
      if (isSuspect(text, at, end)) return at
      at = end
    } else at++
  }
  return -1
}

function endOfNumber(text: string, from: number): number {
  let end = from + 1
  while (isInNumber(text.charCodeAt(end))) end++
  return end
}

function isSuspect(text: string, from: number, to: number): boolean {
  let [digits, exponent, isExponent] = [0, 0, false]
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if ((code | LOWER) === E) isExponent = true
    else if (!isDigit(code)) continue
    else if (isExponent) exponent = Math.min(EXPONENT + 1, 10 * exponent + code - ZERO)
    else digits++
  }
  return digits > DIGITS || exponent > EXPONENT
}

function isInNumber(code: number): boolean {
  return isDigit(code) || code === POINT || code === PLUS || code === MINUS || (code | LOWER) === E
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

const [QUOTE, PLUS, MINUS, POINT, ZERO, NINE, E, LOWER] = [0x22, 0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x65, 0x20]
