import * as v from 'valibot'
import { formatPath, get, valueAt, type JsonObject, type Path } from '../../src/config/json-tree.ts'
import { nearestWord } from '../../src/config/nearest-word.ts'
import { parseJson, withoutByteOrderMark } from '../../src/config/parse-json.ts'
import { pathPositionsIn } from '../../src/config/path-positions.ts'
import { describeProblem, mismatchAt, type Mismatch } from '../../src/config/problem.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { machineNamesOf } from './machine-names.ts'
import { PROPERTIES_FILE, PROPERTIES_FILE_KEYS } from './properties-schema.ts'
import type { PropertiesFile } from './properties-schema.ts'
import type { SagaProperties } from './properties.ts'
import { readTerm } from './read-term.ts'
import type { TermRead } from './read-term.ts'

/** The properties of a machine, or a line for each problem: its place, what was found, what was expected. */
export type PropertiesRead =
  | { readonly ok: true; readonly value: SagaProperties }
  | { readonly ok: false; readonly problems: readonly string[] }

/** The text of a properties file → its properties. Names must be those of the machine. Never throws because of the text. */
export function readProperties(text: string, machine: MachineDefinition): PropertiesRead {
  const json = withoutByteOrderMark(text)
  const parsed = parseJson(json)
  if (!parsed.ok) return { ok: false, problems: [described(parsed.problem)] }
  const file = parsed.value
  const checked = v.safeParse(PROPERTIES_FILE, file)
  const positions = pathPositionsIn(json)
  const terms = termsIn(file, machine)
  const problems = [
    ...[...shapeMismatches(file, checked.issues ?? []), ...termMismatches(terms)].map((one) => ({
      ...one,
      ...positions.at(one.path),
    })),
    ...unknownKeys(file).map((one) => ({ ...one, ...positions.keyAt(one.path) })),
  ]
  if (!checked.success || problems.length > 0) return { ok: false, problems: problems.map(described) }
  return { ok: true, value: propertiesOf(checked.output, terms) }
}

function described(mismatch: Mismatch): string {
  return describeProblem(mismatch.path === '' ? { ...mismatch, path: 'the file' } : mismatch)
}

function shapeMismatches(file: JsonObject, issues: readonly v.BaseIssue<unknown>[]): readonly Mismatch[] {
  const wrong = issues.map(({ path = [], message }) => {
    const keys = path.map(({ key }) => key as string | number)
    return mismatchAt(keys, valueAt(file, keys), message)
  })
  const isEmpty = get(file, 'never') === undefined && get(file, 'always') === undefined
  return isEmpty ? [...wrong, { path: '', found: 'no property', expected: '"never" or "always"' }] : wrong
}

function unknownKeys(file: JsonObject): readonly Mismatch[] {
  return Object.keys(file)
    .filter((key) => !PROPERTIES_FILE_KEYS.includes(key))
    .map((key) => ({
      path: formatPath([key]),
      found: 'an unknown key',
      expected: `a known key; the nearest is "${nearestWord(key, PROPERTIES_FILE_KEYS)}"`,
    }))
}

/** A text in the place of a term. */
interface ReadText {
  readonly path: Path
  readonly text: string
  readonly read: TermRead
}

/** Places without a text are left out: the schema reports them. */
function termsIn(file: JsonObject, machine: MachineDefinition): readonly ReadText[] {
  const names = machineNamesOf(machine)
  return listAt(get(file, 'never')).flatMap((list, index) =>
    listAt(list).flatMap((text, at) =>
      typeof text === 'string' && text !== ''
        ? [{ path: ['never', index, at], text, read: readTerm(text, names) }]
        : [],
    ),
  )
}

function listAt(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function termMismatches(terms: readonly ReadText[]): readonly Mismatch[] {
  return terms.flatMap(({ path, text, read }) => (read.ok ? [] : [mismatchAt(path, text, read.expected)]))
}

function propertiesOf({ never = [], always = [] }: PropertiesFile, read: readonly ReadText[]): SagaProperties {
  return {
    never: never.map((texts, index) => ({
      text: texts.join(', '),
      terms: read.flatMap((one) => (one.path[1] === index && one.read.ok ? [one.read.term] : [])),
    })),
    isEventuallyFinal: always.length > 0,
  }
}
