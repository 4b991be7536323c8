import { nearestWord } from '../../src/config/nearest-word.ts'
import type { MachineNames } from './machine-names.ts'
import { NAME_KINDS } from './properties.ts'
import type { NameKind, PropertyTerm } from './properties.ts'

/** A term, or the words about what was expected in its place. */
export type TermRead =
  | { readonly ok: true; readonly term: PropertyTerm }
  | { readonly ok: false; readonly expected: string }

/** More would multiply the situations of an exploration. */
const MOST_TIMES = 20

const NOT = /^not\s+(?<rest>.+)$/
const KIND = /^(?<kind>state|event|command)\s+(?<rest>.+)$/
const TIMES = /^(?<rest>.+?)\s+(?:(?<twice>twice)|(?<times>\d+)\s+times)$/
const QUOTED = /^'(?<name>.+)'$/

/**
 * `[not] [state | event | command] NAME [twice | n times]` → the term. A name may have any letters, those of the grammar too: all
 * readings of the text are tried, and one must fit the machine. `'…'` around the name, and its kind, decide between several.
 */
export function readTerm(text: string, names: MachineNames): TermRead {
  const readings = readingsOf(text.trim())
  const known = readings.flatMap((reading) => termsOf(reading, names))
  const [term, other] = known
  if (term === undefined) return { ok: false, expected: unknownName(readings, names) }
  if (other !== undefined) return { ok: false, expected: `${known.map(spelledOut).join(' or ')}: the machine has each` }
  if (term.times < 1 || term.times > MOST_TIMES) return { ok: false, expected: `"twice", or 1 to ${MOST_TIMES} times` }
  return { ok: true, term }
}

/** One way to read a text; without a kind the name may be of any. */
interface TermReading extends Omit<PropertyTerm, 'kind'> {
  readonly kind: NameKind | undefined
}

function readingsOf(text: string): readonly TermReading[] {
  return optional(NOT, text).flatMap((negation) =>
    optional(KIND, negation.rest).flatMap((kind) =>
      optional(TIMES, kind.rest).flatMap(({ rest, twice, times }) =>
        optional(QUOTED, rest).map(({ name = rest }) => ({
          isNegated: negation.rest !== text,
          kind: kind.kind as NameKind | undefined,
          name,
          times: twice === undefined ? Number(times ?? 1) : 2,
        })),
      ),
    ),
  )
}

interface Groups {
  readonly rest: string
  readonly [group: string]: string | undefined
}

/** The text as it is, and its parts where it has the form. */
function optional(form: RegExp, text: string): readonly Groups[] {
  const groups = form.exec(text)?.groups
  return groups === undefined ? [{ rest: text }] : [{ rest: text }, { rest: text, ...groups }]
}

function termsOf(reading: TermReading, names: MachineNames): readonly PropertyTerm[] {
  const kinds = reading.kind === undefined ? NAME_KINDS : [reading.kind]
  return kinds.filter((kind) => names[kind].includes(reading.name)).map((kind) => ({ ...reading, kind }))
}

/** In quotes, a text of the term that has one reading alone. */
function spelledOut({ isNegated, kind, name, times }: PropertyTerm): string {
  const isPlain = readingsOf(name).length === 1
  const often = times === 1 ? '' : times === 2 ? ' twice' : ` ${times} times`
  return `"${isNegated ? 'not ' : ''}${kind} ${isPlain ? name : `'${name}'`}${often}"`
}

function unknownName(readings: readonly TermReading[], names: MachineNames): string {
  const barest = readings.reduce((best, one) => (one.name.length < best.name.length ? one : best))
  const { kind, name } = barest
  const nearest = nearestWord(name, kind === undefined ? NAME_KINDS.flatMap((one) => names[one]) : names[kind])
  const what = kind === undefined ? 'the name of a state, an event or a command' : `the name of ${A[kind]}`
  return `${what} of the machine; ${nearest === undefined ? 'there is none' : `the nearest is "${nearest}"`}`
}

const A: Readonly<Record<NameKind, string>> = { state: 'a state', event: 'an event', command: 'a command' }
