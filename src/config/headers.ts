import { finding, type Finding } from './finding.ts'
import { get, isObject, objectsIn, type JsonObject, type Path } from './json-tree.ts'
import { mismatchAt, problem, type Problem } from './problem.ts'

/** Requests that carry configured headers: the commands of a channel, or the requests of a store. */
export type HeaderOwner = 'channel' | 'store'

interface HeaderRule {
  readonly name: string
  /** `refused`: a problem. `ignored`: accepted, reported and not sent. Every other header is sent as it is. */
  readonly kind: 'refused' | 'ignored'
  /** Absent: both. */
  readonly owner?: HeaderOwner
  readonly why: string
}

const CONNECTION = 'it is about a connection, which the host manages'
const LENGTH = 'it is about the encoding of the body, which the host manages'
const PROTOTYPE = 'it is the name of a part of every JavaScript object'
const BODY = 'every body is JSON'
const CONDITION = 'each request of a store has conditions of its own'
const ANSWER = 'the store reads complete answers in JSON'

/**
 * The table of header names, the same on every runtime: of the refused names, Node's client, Deno, Bun and workerd each drop,
 * change or reject others. docs/CONFIGURATION.md shows the table.
 */
export const HEADER_RULES: readonly HeaderRule[] = [
  ...refused(CONNECTION, 'connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'http2-settings'),
  ...refused(LENGTH, 'content-length', 'transfer-encoding', 'trailer'),
  ...refused('no interim answer is awaited', 'expect'),
  ...refused('it is made of "endpoint" and "port"', 'host'),
  ...refused(PROTOTYPE, '__proto__', 'constructor', 'prototype'),
  ...ignored(BODY, undefined, 'content-type', 'content-encoding'),
  ...ignored('each command has its own', 'channel', 'idempotency-key', 'traceparent'),
  ...ignored('each request of a store has its own', 'store', 'idempotency-key', 'traceparent'),
  ...ignored(CONDITION, 'store', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'),
  ...ignored(ANSWER, 'store', 'accept', 'accept-encoding', 'cache-control', 'range'),
]

function refused(why: string, ...names: readonly string[]): readonly HeaderRule[] {
  return names.map((name) => ({ name, kind: 'refused', why }))
}

function ignored(why: string, owner: HeaderOwner | undefined, ...names: readonly string[]): readonly HeaderRule[] {
  return names.map((name) => ({ name, kind: 'ignored', why, ...(owner !== undefined && { owner }) }))
}

/** The rule of a name, in any letter case; `undefined` for a header that is sent as it is. */
export function ruleOf(name: string, owner: HeaderOwner): HeaderRule | undefined {
  const lower = name.toLowerCase()
  return HEADER_RULES.find((rule) => rule.name === lower && (rule.owner ?? owner) === owner)
}

/** Headers without the ignored ones. `headerProblems` refuses two spellings of one name, so each name is there once. */
export function sentHeaders<T>(headers: Readonly<Record<string, T>>, owner: HeaderOwner): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => ruleOf(name, owner)?.kind !== 'ignored'))
}

/** Refused headers, and names in two spellings. */
export function headerProblems(file: JsonObject): readonly Problem[] {
  return headerSections(file).flatMap(({ path, headers, owner }) => {
    const seen = new Map<string, string>()
    return Object.keys(headers).flatMap((name) => {
      const rule = ruleOf(name, owner)
      const other = seen.get(name.toLowerCase())
      seen.set(name.toLowerCase(), name)
      const headerPath = [...path, name]
      const mismatch = (expected: string) => mismatchAt(headerPath, headers[name], expected)
      if (rule?.kind === 'refused')
        return [problem('header.refused', mismatch(`no header "${rule.name}": ${rule.why}`))]
      if (other === undefined) return []
      return [problem('header.repeated', mismatch(`one spelling of the name; "${other}" is there, too`))]
    })
  })
}

/** Ignored headers. They are accepted so that files of the reference start. */
export function headerFindings(file: JsonObject): readonly Finding[] {
  return headerSections(file).flatMap(({ path, headers, owner }) =>
    Object.keys(headers).flatMap((name) => {
      const rule = ruleOf(name, owner)
      if (rule?.kind !== 'ignored' || isSentAnyway(name, headers[name])) return []
      const expected = `no header "${rule.name}", which is not sent: ${rule.why}`
      return [finding('header.ignored', mismatchAt([...path, name], headers[name], expected))]
    }),
  )
}

/** The content type that every request has. */
function isSentAnyway(name: string, value: unknown): boolean {
  const isType = name.toLowerCase() === 'content-type'
  return isType && typeof value === 'string' && /^application\/json(?:; ?charset=utf-8)?$/i.test(value)
}

interface HeaderSection {
  readonly path: Path
  readonly headers: JsonObject
  readonly owner: HeaderOwner
}

function headerSections(file: JsonObject): readonly HeaderSection[] {
  const channels = objectsIn(get(file, 'communicationProtocols'))
  return [
    ...channels.flatMap(([index, channel]) => headersOf(channel, ['communicationProtocols', index], 'channel')),
    ...headersOf(get(file, 'persistencyManagement'), ['persistencyManagement'], 'store'),
  ]
}

function headersOf(section: unknown, path: Path, owner: HeaderOwner): readonly HeaderSection[] {
  const headers = get(get(section, 'configurations'), 'headers')
  return isObject(headers) ? [{ path: [...path, 'configurations', 'headers'], headers, owner }] : []
}
