import { coerce, STANDARD } from './fields.ts'
import type { Field } from './fields.ts'
import { Refusal } from './refusal.ts'
import { isObject } from './values.ts'
import type { Document, Value } from './values.ts'

export type Update = (document: Document) => Document

/** The effect of a body's commands; a field that the collection does not have, or that is not ours to set, is refused. */
export function parseUpdate(commands: Value, fields: ReadonlyMap<string, Field>): Update {
  if (!isObject(commands)) throw new Refusal(400, 'body must be object')
  const steps = Object.entries(commands).flatMap(([command, changes]) => {
    const make = COMMANDS[command]
    if (make === undefined) throw new Refusal(400, `body must NOT have additional properties: "${command}"`)
    return Object.entries(changes as Document).map(([path, value]) =>
      make(path.split('.'), checked(command, path, value, fields)),
    )
  })
  return (document) => steps.reduce((changed, step) => step(changed), document)
}

function checked(command: string, path: string, value: Value, fields: ReadonlyMap<string, Field>): Value {
  const [name = ''] = path.split('.')
  const field = fields.get(name)
  const isNested = path !== name
  if (field === undefined || STANDARD.has(name) || (isNested && field.type !== 'RawObject')) {
    throw new Refusal(400, `body/${command} must NOT have additional properties: "${path}"`)
  }
  if (command === '$push') throw new Refusal(400, `body/$push must NOT have additional properties: "${path}"`)
  return command === '$set' && !isNested ? coerce(field, value, `body/${command}`) : value
}

const COMMANDS: Readonly<Record<string, (path: readonly string[], value: Value) => Update>> = {
  $set: (path, value) => (document) => put(document, path, () => value) as Document,
  $inc: (path, value) => (document) => put(document, path, (before) => Number(before ?? 0) + Number(value)) as Document,
  $unset: (path) => (document) => put(document, path, () => undefined) as Document,
  $push: () => (document) => document,
}

/** A copy with another value at a path; nothing it shares with the old one is touched. */
function put(value: Value, [name, ...rest]: readonly string[], change: (before: Value) => Value): Value {
  if (name === undefined) return change(value)
  if (Array.isArray(value)) {
    const copy = [...value]
    copy[Number(name)] = put(value[Number(name)], rest, change)
    return copy
  }
  const before = isObject(value) ? value : {}
  const after = put(before[name], rest, change)
  const copy: Record<string, Value> = { ...before, [name]: after }
  if (after === undefined) delete copy[name]
  return copy
}
