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
    if (!known.includes(label)) return [unknownLabel(path, 'the label of a command of the machine', known)]
    const events = get(one, 'events')
    const listed = [...new Set(statesSending(machine, label).flatMap((state) => state.events))]
    return Object.keys(isObject(events) ? events : {})
      .filter((event) => !listed.includes(event))
      .map((event) => unknownLabel([...path, 'events', event], `an event of a state that sends "${label}"`, listed))
  })
}

function unknownLabel(path: Path, expected: string, known: readonly string[]): Mismatch {
  const label = String(path.at(-1))
  const nearest = nearestWord(label, known)
  const hint = nearest === undefined ? 'there is none' : `the nearest is "${nearest}"`
  return { path: formatPath(path), found: JSON.stringify(label), expected: `${expected}; ${hint}` }
}
