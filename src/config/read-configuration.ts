import * as v from 'valibot'
import { brokerFindings, withUsableBrokers } from './broker-findings.ts'
import { finding, type Finding } from './finding.ts'
import { headerFindings, headerProblems } from './headers.ts'
import { authorityProblems, blockedPortFindings } from './http-hosts.ts'
import type { JsonObject } from './json-tree.ts'
import { missingPartFindings } from './missing-parts.ts'
import { parseJson, withoutByteOrderMark } from './parse-json.ts'
import { NO_POSITIONS, pathPositionsIn, type PathPositions } from './path-positions.ts'
import { problemAt, type Problem } from './problem.ts'
import type { Read } from './read.ts'
import { expectedTypes, ownTypeIn } from './persistency-schema.ts'
import { redact } from './redact.ts'
import { referenceProblems } from './reference-problems.ts'
import { repeatedKeys } from './repeated-keys.ts'
import { resolveSecrets } from './resolve-secrets.ts'
import { CONFIGURATION, type Sections } from './schema.ts'
import type { SecretSources } from './secret.ts'
import { shapeProblems } from './shape-problems.ts'
import { storeAddressFindings } from './store-address-findings.ts'
import type { TextPosition } from './text-position.ts'
import { unknownKeys } from './unknown-keys.ts'
import { firstReplacementCharacter } from './utf8.ts'

/** A valid saga.json, its secrets resolved. */
export interface Configuration extends Sections {
  /** The file as written, without its secrets (`GET /configuration`). */
  readonly shown: unknown
  /** The machine as written (`GET /machine-definition`). */
  readonly machineShown: unknown
  /** Position of the value at a formatted path in the text of the file. */
  readonly positionOf: (path: string) => TextPosition | undefined
}

/** How the text of a saga.json is read. */
export interface ConfigurationReadOptions {
  /** The text is generated, so positions in it mean nothing to its author and are left out. Default: false. */
  readonly isGenerated?: boolean | undefined
  /** Types of stores that the host has beside ours (`Host.persistencies`); any other type is a problem. Default: none. */
  readonly ownStores?: readonly string[] | undefined
}

/** All problems and findings of a saga.json, valid or not. */
export interface ExaminedConfiguration {
  /** Absent where there are problems. */
  readonly configuration?: Configuration | undefined
  readonly problems: readonly Problem[]
  /** Secret references that cannot be resolved here. They may be resolved where the service runs. */
  readonly unresolved: readonly Problem[]
  readonly findings: readonly Finding[]
}

/**
 * The text of a saga.json → a configuration, or every problem at once (C1.2, C2). Never rejects because of the text. Problems
 * and findings hold no secret.
 */
export async function readConfiguration(
  text: string,
  sources: SecretSources,
  options?: ConfigurationReadOptions,
): Promise<Read<Configuration>> {
  const { configuration, problems, unresolved, findings } = await examineConfiguration(text, sources, options)
  if (configuration !== undefined && unresolved.length === 0) {
    return { ok: true, value: configuration, warnings: findings }
  }
  return { ok: false, problems: [...problems, ...unresolved] }
}

/** As `readConfiguration`, for a check elsewhere: a secret reference that cannot be resolved counts as valid. */
export async function examineConfiguration(
  text: string,
  sources: SecretSources,
  { isGenerated = false, ownStores = [] }: ConfigurationReadOptions = {},
): Promise<ExaminedConfiguration> {
  const json = withoutByteOrderMark(text)
  const parsed = parseJson(json)
  if (!parsed.ok) return { problems: [parsed.problem], unresolved: [], findings: [] }

  const written = parsed.value
  const positions = isGenerated ? NO_POSITIONS : pathPositionsIn(json)
  const { file, problems: unresolved } = await resolveSecrets(written, sources)
  const checked = v.safeParse(CONFIGURATION, file)
  const unknown = unknownKeys(written)
  const { atValue, atKey } = positioned(positions)

  const shape = shapeProblems(file, checked.issues)
  const problems = [
    ...withoutRepeats(shape, crossProblems(written, ownStores)).map(atValue),
    ...unknown.problems.map(atKey),
  ]
  const brokers = brokerFindings(file).map(atValue)
  const sections = checked.success && problems.length === 0 ? checked.output : undefined
  return {
    configuration: sections && {
      ...sections,
      channels: withUsableBrokers(sections.channels, brokers),
      shown: redact(written),
      machineShown: written['machineDefinition'],
      positionOf: (path) => positions.at(path),
    },
    problems,
    unresolved: unresolved.map(atValue),
    findings: [
      ...missingPartFindings(written).map(atValue),
      ...unknown.findings.map(atKey),
      ...brokers,
      ...headerFindings(written).map(atValue),
      ...(checked.success ? blockedPortFindings(checked.output).map(atValue) : []),
      ...storeAddressFindings(file).map(atValue),
      ...repeatedKeys(positions),
      ...damagedText(json),
    ],
  }
}

/** Problems that no schema of a single value can find. */
function crossProblems(file: JsonObject, ownStores: readonly string[]): readonly Problem[] {
  return [
    ...referenceProblems(file),
    ...storeProblems(file, ownStores),
    ...headerProblems(file),
    ...authorityProblems(file),
  ]
}

/** A value of the wrong shape has one problem, the one of its shape. */
function withoutRepeats(shape: readonly Problem[], cross: readonly Problem[]): readonly Problem[] {
  const paths = new Set(shape.map(({ path }) => path))
  return [...shape, ...cross.filter(({ path }) => !paths.has(path))]
}

/** A store whose type is neither ours nor one of the host's own. */
function storeProblems(file: JsonObject, ownStores: readonly string[]): readonly Problem[] {
  const type = ownTypeIn(file['persistencyManagement'])
  if (type === undefined || ownStores.includes(type)) return []
  return [problemAt(['persistencyManagement', 'type'], type, expectedTypes(ownStores))]
}

/** A replacement character: an earlier program decoded the text wrongly, and for instance a label has lost letters. */
function damagedText(json: string): readonly Finding[] {
  const position = firstReplacementCharacter(json)
  if (position === undefined) return []
  const found = 'U+FFFD, which replaces a lost character'
  return [finding('text.damaged', { path: '', found, expected: 'the original character', ...position })]
}

interface Positioned {
  readonly atValue: <P extends Problem>(problem: P) => P
  readonly atKey: <P extends Problem>(problem: P) => P
}

function positioned(positions: PathPositions): Positioned {
  return {
    atValue: (problem) => ({ ...problem, ...positions.at(problem.path) }),
    atKey: (problem) => ({ ...problem, ...positions.keyAt(problem.path) }),
  }
}
