import * as v from 'valibot'
import { hopelessBrokers, withoutHopeless } from './broker-findings.ts'
import { headerFindings, headerProblems } from './headers.ts'
import type { TextPlace } from './text-position.ts'
import { portFindings, trustProblems } from './http-hosts.ts'
import { parse, withoutMark } from './parse-json.ts'
import { expectedTypes, ownTypeIn } from './persistency-schema.ts'
import { problemAt, type Finding, type Problem, type Read } from './problem.ts'
import { redact } from './redact.ts'
import { brokenReferences } from './reference-problems.ts'
import { repeatedKeys } from './repeated-keys.ts'
import { CONFIGURATION, type Sections } from './schema.ts'
import type { SecretSources } from './secret.ts'
import { resolveSecrets } from './resolve-secrets.ts'
import { shapeProblems } from './shape-problems.ts'
import { NO_SOURCE, sourceOf, type Source } from './path-positions.ts'
import type { JsonObject } from './json-tree.ts'
import { oddAddress } from './store-address-findings.ts'
import { firstReplaced } from './utf8.ts'
import { unfinished } from './missing-parts.ts'
import { unknownKeys } from './unknown-keys.ts'

/** A saga.json that is valid as a whole, every secret at hand. */
export interface Configuration extends Sections {
  /** The file as written, without its secrets (`GET /configuration`). */
  readonly shown: unknown
  /** The machine as written (`GET /machine-definition`). */
  readonly machineShown: unknown
  /** Where the value at a formatted path stands in the text. */
  readonly placeOf: (path: string) => TextPlace | undefined
}

export interface ReadOptions {
  /** Whether somebody has written this very text, so that its lines and columns say something. Default: true. */
  readonly isWritten?: boolean | undefined
  /** Types of stores that the host has beside ours (`Host.persistencies`); any other type is a problem. Default: none. */
  readonly ownStores?: readonly string[] | undefined
}

/** Everything there is to say about the text of a saga.json, whether it is valid or not. */
export interface Examined {
  /** Absent where there are problems. */
  readonly configuration?: Configuration | undefined
  readonly problems: readonly Problem[]
  /** References that lead nowhere: not the fault of the file, but of the place where it is read. */
  readonly unresolved: readonly Problem[]
  readonly findings: readonly Finding[]
}

/**
 * The text of a saga.json → a configuration, or everything that is wrong with it at once (C1.2, C2). Never rejects for
 * what is in the text; no problem and no warning holds a secret.
 */
export async function readConfiguration(
  text: string,
  sources: SecretSources,
  options?: ReadOptions,
): Promise<Read<Configuration>> {
  const { configuration, problems, unresolved, findings } = await examine(text, sources, options)
  if (configuration !== undefined && unresolved.length === 0) {
    return { ok: true, value: configuration, warnings: findings }
  }
  return { ok: false, problems: [...problems, ...unresolved] }
}

/** The same for those who only want to know: a secret that is elsewhere is taken as given. */
export async function examine(
  text: string,
  sources: SecretSources,
  { isWritten = true, ownStores = [] }: ReadOptions = {},
): Promise<Examined> {
  const json = withoutMark(text)
  const parsed = parse(json)
  if (!parsed.ok) return { problems: [parsed.problem], unresolved: [], findings: [] }

  const written = parsed.value
  const source = isWritten ? sourceOf(json) : NO_SOURCE
  const { tree, problems: unresolved } = await resolveSecrets(written, sources)
  const checked = v.safeParse(CONFIGURATION, tree)
  const unknown = unknownKeys(written)
  const misshapen = shapeProblems(tree, checked.issues)
  const spoken = new Set(misshapen.map(({ path }) => path))
  const all = [
    ...brokenReferences(written),
    ...unknownStore(written, ownStores),
    ...headerProblems(written),
    ...trustProblems(written),
  ]
  const broken = all.filter(({ path }) => !spoken.has(path))
  const placed = placedBy(source)
  const problems = [...[...misshapen, ...broken].map(placed), ...unknown.problems.map(placedByKey(source))]
  const brokers = hopelessBrokers(tree).map(placed)
  const configuration =
    checked.success && problems.length === 0
      ? finished({ ...checked.output, channels: withoutHopeless(checked.output.channels, brokers) }, written, source)
      : undefined
  return {
    configuration,
    problems,
    unresolved: unresolved.map(placed),
    findings: [
      ...unfinished(written).map(placed),
      ...unknown.findings.map(placedByKey(source)),
      ...brokers,
      ...[...headerFindings(written), ...(checked.success ? portFindings(checked.output) : [])].map(placed),
      ...oddAddress(tree).map(placed),
      ...repeatedKeys(source),
      ...brokenBefore(json),
    ],
  }
}

function finished(sections: Sections, written: JsonObject, source: Source): Configuration {
  const shown = { shown: redact(written), machineShown: written['machineDefinition'] }
  return { ...sections, ...shown, placeOf: (path) => source.at(path) }
}

/** A store whose type is neither ours nor one of the host's own. */
function unknownStore(written: JsonObject, ownStores: readonly string[]): readonly Problem[] {
  const type = ownTypeIn(written['persistencyManagement'])
  if (type === undefined || ownStores.includes(type)) return []
  return [problemAt(['persistencyManagement', 'type'], type, expectedTypes(ownStores))]
}

/** Whatever wrote the text has lost characters, such as those of a label. */
function brokenBefore(json: string): readonly Finding[] {
  const place = firstReplaced(json)
  return place === undefined ? [] : [{ path: '', reason: 'holds U+FFFD, which stands for a lost character', place }]
}

type Placed = Pick<Problem, 'path' | 'place'>

function placedBy(source: Source): <T extends Placed>(one: T) => T {
  return (one) => ({ ...one, place: source.at(one.path) })
}

function placedByKey(source: Source): <T extends Placed>(one: T) => T {
  return (one) => ({ ...one, place: source.keyAt(one.path) })
}
