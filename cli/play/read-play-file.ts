import * as v from 'valibot'
import { formatPath, get, isObject, valueAt, type JsonObject, type Path } from '../../src/config/json-tree.ts'
import { nearestWord } from '../../src/config/nearest-word.ts'
import { parseJson, withoutByteOrderMark } from '../../src/config/parse-json.ts'
import { pathPositionsIn } from '../../src/config/path-positions.ts'
import { describeProblem, mismatchAt, type Mismatch } from '../../src/config/problem.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { labelsIn, statesSending } from './machine-labels.ts'
import { COMMAND_KEYS, PLAY_FILE, PLAY_FILE_KEYS } from './play-schema.ts'
import type { PlayFile } from './play-schema.ts'

/** The play file of a machine, or a line for each of its problems: its place, what was found, what was expected. */
export type PlayFileRead =
  | { readonly ok: true; readonly value: PlayFile }
  | { readonly ok: false; readonly problems: readonly string[] }

/** The text of a play file → its commands. Labels must be those of the machine. Never throws because of the text. */
export function readPlayFile(text: string, machine: MachineDefinition): PlayFileRead {
  const json = withoutByteOrderMark(text)
  const parsed = parseJson(json)
  if (!parsed.ok) return { ok: false, problems: [described(parsed.problem)] }
  const file = parsed.value
  const checked = v.safeParse(PLAY_FILE, file)
  const positions = pathPositionsIn(json)
  const problems = [...unknownKeys(file), ...unknownLabels(file, machine)].map((one) => ({
    ...one,
    ...positions.keyAt(one.path),
  }))
  const shapes = shapeMismatches(file, checked.issues ?? []).map((one) => ({ ...one, ...positions.at(one.path) }))
  const all = [...shapes, ...problems].map(described)
  return checked.success && all.length === 0 ? { ok: true, value: checked.output } : { ok: false, problems: all }
}

function described(mismatch: Mismatch): string {
  return describeProblem(mismatch.path === '' ? { ...mismatch, path: 'the file' } : mismatch)
}

function shapeMismatches(file: JsonObject, issues: readonly v.BaseIssue<unknown>[]): readonly Mismatch[] {
  return issues.map(({ path = [], message }) => {
    const keys = path.map(({ key }) => key as string | number)
    return mismatchAt(keys, valueAt(file, keys), message)
  })
}

function unknownKeys(file: JsonObject): readonly Mismatch[] {
  const commands = get(file, 'commands')
  return [
    ...unknownIn(file, [], PLAY_FILE_KEYS),
    ...Object.entries(isObject(commands) ? commands : {}).flatMap(([label, one]) =>
      unknownIn(one, ['commands', label], COMMAND_KEYS),
    ),
  ]
}

function unknownIn(value: unknown, path: Path, known: readonly string[]): readonly Mismatch[] {
  const keys = isObject(value) ? Object.keys(value) : []
  return keys
    .filter((key) => !known.includes(key))
    .map((key) => ({
      path: formatPath([...path, key]),
      found: 'an unknown key',
      expected: `a known key; the nearest is "${nearestWord(key, known)}"`,
    }))
}

/** Commands that the machine does not send, and events that no state with the command lists. */
function unknownLabels(file: JsonObject, machine: MachineDefinition): readonly Mismatch[] {
  const commands = get(file, 'commands')
  const known = labelsIn(machine)
  return Object.entries(isObject(commands) ? commands : {}).flatMap(([label, one]) => {
    const path = ['commands', label]
    if (!known.includes(label))
      return [unknownLabel(path, label, { expected: 'the label of a command of the machine', known })]
    const events = get(one, 'events')
    const listed = [...new Set(statesSending(machine, label).flatMap((state) => state.events))]
    const expected = `an event of a state that sends "${label}"`
    const named = Object.keys(isObject(events) ? events : {}).map((event) => ({
      event,
      at: [...path, 'events', event],
    }))
    return [...named, ...scriptedIn(one, path)]
      .filter(({ event }) => !listed.includes(event))
      .map(({ event, at }) => unknownLabel(at, event, { expected, known: listed }))
  })
}

/** The events of a script, each with its place. */
function scriptedIn(command: unknown, path: Path): readonly { readonly event: string; readonly at: Path }[] {
  const script = get(command, 'script')
  if (!Array.isArray(script)) return []
  return script.flatMap((event: unknown, index) =>
    typeof event === 'string' ? [{ event, at: [...path, 'script', index] }] : [],
  )
}

interface ExpectedLabel {
  readonly expected: string
  readonly known: readonly string[]
}

function unknownLabel(path: Path, label: string, { expected, known }: ExpectedLabel): Mismatch {
  const nearest = nearestWord(label, known)
  const hint = nearest === undefined ? 'there is none' : `the nearest is "${nearest}"`
  return { path: formatPath(path), found: JSON.stringify(label), expected: `${expected}; ${hint}` }
}
