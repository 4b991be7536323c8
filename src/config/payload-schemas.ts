import { compileSchema } from '../json-schema/compile-schema.ts'
import { compilePattern } from '../json-schema/pattern/compile-pattern.ts'
import type { SchemaProblem, SchemaRemark } from '../json-schema/schema-problem.ts'
import { finding, type Finding, type FindingCode } from './finding.ts'
import { get, isObject, type JsonObject, type Path } from './json-tree.ts'
import { similarWord } from './nearest-word.ts'
import { mismatchAt, problem, type Mismatch, type Problem } from './problem.ts'
import { transitionsIn } from './reference-problems.ts'

/** True if a regular expression is proven to take a time that is linear in the text; false if it is not. */
export type PatternJudge = (source: string, flags: string) => Promise<boolean>

/** The problems and findings of every `payloadValidationSchema`. */
export interface ExaminedPayloadSchemas {
  readonly problems: readonly Problem[]
  readonly findings: readonly Finding[]
  /** Patterns that the judge has proven linear. */
  readonly linearPatterns: ReadonlySet<string>
}

const KEY = 'payloadValidationSchema'
/** Problems of one schema that are reported. */
const MOST = 50

/** Checks every `payloadValidationSchema` of a file against its draft (C2.1). A schema of the wrong type is left to the file's schema. */
export async function examinePayloadSchemas(file: JsonObject, judge?: PatternJudge): Promise<ExaminedPayloadSchemas> {
  const schemas = transitionsIn(file).flatMap(({ path, object }) => {
    const schema = get(object, KEY)
    return isObject(schema) ? [{ path: [...path, KEY], compilation: compileSchema(schema) }] : []
  })
  const problems = schemas.flatMap(({ path, compilation }) =>
    compilation.ok
      ? []
      : compilation.problems.slice(0, MOST).map((flaw) => problem('payload-schema.invalid', mismatchIn(path, flaw))),
  )
  const remarks = schemas.flatMap(({ path, compilation }) => compilation.remarks.map((remark) => ({ path, remark })))
  const linearPatterns = await provenIn(
    remarks.map(({ remark }) => remark),
    judge,
  )
  const ignoresKeys = get(file['settings'], 'unknownKeys') === 'ignore'
  const findings = remarks.flatMap(({ path, remark }) => {
    const isMoot =
      remark.kind === 'slow-pattern'
        ? linearPatterns.has(String(remark.found))
        : ignoresKeys && remark.kind === 'unknown-keyword'
    return isMoot
      ? []
      : [finding(CODES[remark.kind], mismatchIn(path, { ...remark, expected: remark.expected + hint(remark) }))]
  })
  return { problems, findings, linearPatterns }
}

const CODES: Readonly<Record<SchemaRemark['kind'], FindingCode>> = {
  'unknown-keyword': 'keyword.unknown',
  'unknown-format': 'format.unknown',
  'slow-pattern': 'pattern.backtracks',
}

function hint({ found, known }: SchemaRemark): string {
  const nearest = known && similarWord(String(found), known)
  return nearest === undefined ? '' : ` (perhaps "${nearest}")`
}

function mismatchIn(schema: Path, { path, found, expected }: SchemaProblem): Mismatch {
  return mismatchAt([...schema, ...path], found, expected)
}

async function provenIn(
  remarks: readonly SchemaRemark[],
  judge: PatternJudge | undefined,
): Promise<ReadonlySet<string>> {
  const proven = new Set<string>()
  if (judge === undefined) return proven
  const sources = new Set(remarks.flatMap(({ kind, found }) => (kind === 'slow-pattern' ? [String(found)] : [])))
  for (const source of sources) {
    const compiled = compilePattern(source)
    if (compiled.ok && compiled.pattern.isProvable && (await judge(source, compiled.pattern.flags))) proven.add(source)
  }
  return proven
}
