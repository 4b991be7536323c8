import * as v from 'valibot'
import { brokerFindings, withUsableBrokers } from './broker-findings.ts'
import { finding, type Finding } from './finding.ts'
import { headerFindings, headerProblems } from './headers.ts'
import { hookFindings, hooksIn, type HookSource } from './hook-source.ts'
import { authorityProblems, blockedPortFindings } from './http-hosts.ts'
import type { Inspected, InspectedFile, Inspector } from './inspector.ts'
import type { JsonObject } from './json-tree.ts'
import { machineFindings } from './machine-findings.ts'
import { missingPartFindings } from './missing-parts.ts'
import { parseJson, withoutByteOrderMark } from './parse-json.ts'
import { examinePayloadSchemas, type PatternJudge } from './payload-schemas.ts'
import { NO_POSITIONS, pathPositionsIn, type PathPositions } from './path-positions.ts'
import { expectedTypes, ownTypeIn } from './persistency-schema.ts'
import { mismatchAt, problem, type Mismatch, type Problem } from './problem.ts'
import { redact } from './redact.ts'
import { referenceProblems } from './reference-problems.ts'
import { repeatedKeys } from './repeated-keys.ts'
import { resolveSecrets } from './resolve-secrets.ts'
import { CONFIGURATION, type Sections } from './schema.ts'
import type { SecretSources } from './secret.ts'
import { shapeProblems } from './shape-problems.ts'
import { storeAddressFindings } from './store-address-findings.ts'
import type { TextPosition } from './text-position.ts'
import { timeoutProblems } from './timeout-problems.ts'
import { unknownKeys } from './unknown-keys.ts'
import { firstReplacementCharacter } from './utf8.ts'

/** A valid saga.json, its secrets resolved. */
export interface Configuration extends Sections {
  /** The file as written, without its secrets (`GET /configuration`). */
  readonly shown: unknown
  /** The machine as written (`GET /machine-definition`). */
  readonly machineShown: unknown
  /** The hooks that are in effect, to be loaded. */
  readonly hooks: readonly HookSource[]
  /** Patterns of payload schemas that `judgePattern` has proven linear. */
  readonly linearPatterns: ReadonlySet<string>
  /** Position of the value at a formatted path in the text of the file. */
  readonly positionOf: (path: string) => TextPosition | undefined
}

/** Options of reading; all are optional. */
export interface ConfigurationReadOptions {
  /** The text is generated, so positions in it mean nothing to its author and are left out. Default: false. */
  readonly isGenerated?: boolean | undefined
  /** Types of stores that the host has beside the built-in ones (`Host.persistencies`). Default: none. */
  readonly ownStores?: readonly string[] | undefined
  /** Proves patterns linear that the structural test cannot prove so. Default: none. */
  readonly judgePattern?: PatternJudge | undefined
  /** Additional looks at the file, as of `batuta check`. Default: none. */
  readonly inspectors?: readonly Inspector[] | undefined
  /** Called between the parts of the examination, which gives other work of a busy thread its turn. Default: no pause. */
  readonly pause?: (() => Promise<void>) | undefined
}

/** All problems and findings of a saga.json, valid or not. */
export interface ExaminedConfiguration {
  /** Absent where there are problems. */
  readonly configuration?: Configuration | undefined
  readonly problems: readonly Problem[]
  /** Secret references that cannot be resolved here. They may be resolved where the service runs. */
  readonly unresolved: readonly Problem[]
  readonly findings: readonly Finding[]
  /** Hooks of the right shape; their sources are not compiled here. */
  readonly hooks: readonly HookSource[]
}

/** As `readConfiguration`, for a check elsewhere: a secret reference that cannot be resolved counts as valid. */
export async function examineConfiguration(
  text: string,
  sources: SecretSources,
  { isGenerated = false, ownStores = [], judgePattern, inspectors = [], pause = none }: ConfigurationReadOptions = {},
): Promise<ExaminedConfiguration> {
  const json = withoutByteOrderMark(text)
  const parsed = parseJson(json)
  if (!parsed.ok) return { problems: [parsed.problem], unresolved: [], findings: [], hooks: [] }

  const written = parsed.value
  const positions = isGenerated ? NO_POSITIONS : pathPositionsIn(json)
  const { atValue, atKey } = positioned(positions)
  const { file, problems: unresolved } = await resolveSecrets(written, sources)
  await pause()
  const checked = v.safeParse(CONFIGURATION, file)
  const unknown = unknownKeys(written)
  await pause()
  const brokers = brokerFindings(file).map(atValue)
  await pause()
  const payloads = await examinePayloadSchemas(written, judgePattern)
  const cross = [
    ...payloads.problems,
    ...referenceProblems(written),
    ...timeoutProblems(written),
    ...storeProblems(written, ownStores),
    ...networkProblems(written),
  ]
  const shape = shapeProblems(file, checked.issues)
  const isMeant = ({ path }: Mismatch) => unknown.meant.has(path)
  const missing = withoutRepeats(shape, cross).filter((one) => one.code !== 'value.missing' || !isMeant(one))
  const found = [...missing.map(atValue), ...unknown.problems.map(atKey)]
  await pause()
  const inspected = await inspect(inspectors, { file: written, problems: found })
  await pause()
  const problems = [...found, ...inspected.problems.map(atValue)]
  const hooks = hooksIn(written).map((hook) => ({ ...hook, ...positions.at(hook.path) }))
  return {
    configuration:
      checked.success && problems.length === 0
        ? finished(withUsable(checked.output, brokers), {
            written,
            positions,
            hooks,
            linearPatterns: payloads.linearPatterns,
          })
        : undefined,
    problems,
    unresolved: unresolved.map(atValue),
    findings: [
      ...missingPartFindings(written)
        .filter((one) => !isMeant(one))
        .map(atValue),
      ...machineFindings(written).map(atValue),
      ...unknown.findings.map(atKey),
      ...payloads.findings.map(atValue),
      ...brokers,
      ...headerFindings(withoutOwnStore(written)).map(atValue),
      ...(checked.success ? blockedPortFindings(checked.output).map(atValue) : []),
      ...storeAddressFindings(file).map(atValue),
      ...repeatedKeys(positions),
      ...hookFindings(written).map(atValue),
      ...damagedText(json),
      ...inspected.findings.map(atValue),
    ],
    hooks,
  }
}

async function none(): Promise<void> {
  return undefined
}

/** The results of all inspectors, in their order. */
async function inspect(inspectors: readonly Inspector[], inspected: InspectedFile): Promise<Inspected> {
  const results = await Promise.all(inspectors.map(async (look) => look(inspected)))
  return {
    problems: results.flatMap(({ problems }) => problems),
    findings: results.flatMap(({ findings }) => findings),
  }
}

function withUsable(sections: Sections, brokers: readonly Finding[]): Sections {
  return { ...sections, channels: withUsableBrokers(sections.channels, brokers) }
}

interface ReadFile extends Pick<Configuration, 'hooks' | 'linearPatterns'> {
  readonly written: JsonObject
  readonly positions: PathPositions
}

function finished(sections: Sections, { written, positions, ...parts }: ReadFile): Configuration {
  const hasOwnStore = ownTypeIn(written['persistencyManagement']) !== undefined
  const shown = { shown: redact(written, { hasOwnStore }), machineShown: written['machineDefinition'] }
  return { ...sections, ...shown, ...parts, positionOf: (path) => positions.at(path) }
}

function networkProblems(file: JsonObject): readonly Problem[] {
  return [...headerProblems(withoutOwnStore(file)), ...authorityProblems(file)]
}

/** The rules of headers hold for requests of Batuta; `headers` of a host's own store mean what the host says. */
function withoutOwnStore(file: JsonObject): JsonObject {
  return ownTypeIn(file['persistencyManagement']) === undefined ? file : { ...file, persistencyManagement: undefined }
}

/** A value of the wrong shape has one problem, the one of its shape. */
function withoutRepeats(shape: readonly Problem[], cross: readonly Problem[]): readonly Problem[] {
  const paths = new Set(shape.map(({ path }) => path))
  return [...shape, ...cross.filter(({ path }) => !paths.has(path))]
}

/** A store whose type is neither a built-in one nor one of the host's own. */
function storeProblems(file: JsonObject, ownStores: readonly string[]): readonly Problem[] {
  const type = ownTypeIn(file['persistencyManagement'])
  if (type === undefined || ownStores.includes(type)) return []
  return [problem('store.unknown', mismatchAt(['persistencyManagement', 'type'], type, expectedTypes(ownStores)))]
}

/** A replacement character: an earlier program decoded the text wrongly, and for instance a label has lost letters. */
function damagedText(json: string): readonly Finding[] {
  const position = firstReplacementCharacter(json)
  if (position === undefined) return []
  const found = 'U+FFFD, which replaces a lost character'
  return [finding('text.damaged', { path: '', found, expected: 'the original character', ...position })]
}

interface Positioned {
  readonly atValue: <M extends Mismatch>(mismatch: M) => M
  readonly atKey: <M extends Mismatch>(mismatch: M) => M
}

function positioned(positions: PathPositions): Positioned {
  return {
    atValue: (mismatch) => (mismatch.line === undefined ? { ...mismatch, ...positions.at(mismatch.path) } : mismatch),
    atKey: (mismatch) => ({ ...mismatch, ...positions.keyAt(mismatch.path) }),
  }
}
