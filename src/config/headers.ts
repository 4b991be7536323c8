import { problemAt, type Problem } from './problem.ts'
import { formatPath, get, isObject, objectsIn, type JsonObject, type Path } from './json-tree.ts'

/** Where headers are sent with: the commands of a channel, or the requests of a store. */
export type Sender = 'channel' | 'store'

interface Rule {
  readonly name: string
  /** `refused`: an error with its place. `ours`: taken, reported, and not sent. Every other header is sent as it is. */
  readonly kind: 'refused' | 'ours'
  /** Absent: both. */
  readonly of?: Sender
  readonly why: string
}

const CONNECTION = 'it is about a connection, which the host keeps by itself'
const LENGTH = 'it says how the body is sent, which the host does by itself'
const PROTOTYPE = 'a JavaScript host takes it for a part of the object'
const BODY = 'every body is JSON'
const CONDITION = 'each request of a store has conditions of its own'
const READ = 'an answer is read as it comes'

/**
 * The one table of header names, the same on every runtime: Node's client, Deno, Bun and workerd each drop, change or refuse
 * others of those that are refused here. docs/CONFIGURATION.md shows it.
 */
export const HEADER_RULES: readonly Rule[] = [
  ...refused(CONNECTION, 'connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'http2-settings'),
  ...refused(LENGTH, 'content-length', 'transfer-encoding', 'trailer'),
  ...refused('the answer comes at once or not at all', 'expect'),
  ...refused('it is made of "endpoint" and "port"', 'host'),
  ...refused(PROTOTYPE, '__proto__', 'constructor', 'prototype'),
  ...ours(BODY, undefined, 'content-type', 'content-encoding'),
  ...ours('each command has its own', 'channel', 'idempotency-key', 'traceparent'),
  ...ours('each request of a store is one of its own', 'store', 'idempotency-key', 'traceparent'),
  ...ours(CONDITION, 'store', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'),
  ...ours(READ, 'store', 'accept', 'accept-encoding', 'cache-control', 'range'),
]

function refused(why: string, ...names: readonly string[]): readonly Rule[] {
  return names.map((name) => ({ name, kind: 'refused', why }))
}

function ours(why: string, of: Sender | undefined, ...names: readonly string[]): readonly Rule[] {
  return names.map((name) => ({ name, kind: 'ours', why, ...(of !== undefined && { of }) }))
}

function ruleOf(name: string, sender: Sender): Rule | undefined {
  const lower = name.toLowerCase()
  return HEADER_RULES.find((rule) => rule.name === lower && (rule.of ?? sender) === sender)
}

/** Those that are sent. A name stands in an object once, in one spelling: `headerProblems` sees to it. */
export function sentHeaders<T>(headers: Readonly<Record<string, T>>, sender: Sender): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => ruleOf(name, sender)?.kind !== 'ours'))
}

/** Headers that cannot be sent, and names that stand twice in different spellings. */
export function headerProblems(file: JsonObject): readonly Problem[] {
  return headersIn(file).flatMap(({ path, object, sender }) => {
    const seen = new Map<string, string>()
    return Object.keys(object).flatMap((name) => {
      const rule = ruleOf(name, sender)
      const other = seen.get(name.toLowerCase())
      seen.set(name.toLowerCase(), name)
      const at = [...path, name]
      if (rule?.kind === 'refused') return [problemAt(at, object[name], `no header "${rule.name}": ${rule.why}`)]
      return other === undefined ? [] : [problemAt(at, object[name], `a header name once: there is "${other}" too`)]
    })
  })
}

/** What is taken, so that a file of the reference starts, and not sent. */
export function headerFindings(file: JsonObject): readonly { readonly path: string; readonly reason: string }[] {
  return headersIn(file).flatMap(({ path, object, sender }) =>
    Object.keys(object).flatMap((name) => {
      const rule = ruleOf(name, sender)
      if (rule?.kind !== 'ours' || isSame(name, object[name])) return []
      return [{ path: formatPath([...path, name]), reason: `this header is not sent: ${rule.why}` }]
    }),
  )
}

/** It says what is sent anyway. */
function isSame(name: string, value: unknown): boolean {
  const isType = name.toLowerCase() === 'content-type'
  return isType && typeof value === 'string' && /^application\/json(?:; ?charset=utf-8)?$/i.test(value)
}

interface Headers {
  readonly path: Path
  readonly object: JsonObject
  readonly sender: Sender
}

function headersIn(file: JsonObject): readonly Headers[] {
  const of = (path: Path, owner: unknown, sender: Sender): readonly Headers[] => {
    const object = get(get(owner, 'configurations'), 'headers')
    return isObject(object) ? [{ path: [...path, 'configurations', 'headers'], object, sender }] : []
  }
  const channels = objectsIn(get(file, 'communicationProtocols'))
  return [
    ...channels.flatMap(([index, channel]) => of(['communicationProtocols', index], channel, 'channel')),
    ...of(['persistencyManagement'], get(file, 'persistencyManagement'), 'store'),
  ]
}
