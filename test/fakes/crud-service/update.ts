import { coerce, invalid, STANDARD, undefinedProperty } from './fields.ts'
import type { Field } from './fields.ts'
import { isObject } from './values.ts'
import type { Document, Value } from './values.ts'

export type Update = (document: Document) => Document

/** The effect of a body's commands; a field that the collection does not have, or that is not ours to set, is refused. */
export function parseUpdate(commands: Value, fields: ReadonlyMap<string, Field>, where: string): Update {
  if (!isObject(commands)) throw invalid(`${where} must be object`)
  const steps = Object.entries(commands).flatMap(([command, changes]) => {
    const make = COMMANDS[command]
    if (make === undefined) throw undefinedProperty(where, command)
    const check = checkOf(command, fields, `${where}/${command}`)
    return Object.entries(changes as Document).map(([path, value]) => make(path.split('.'), check(path, value)))
  })
  return (document) => steps.reduce((changed, step) => step(changed), document)
}

/** The check of one command's paths: a list inside a raw object cannot be pushed to, and a required field not unset. */
function checkOf(command: string, fields: ReadonlyMap<string, Field>, where: string) {
  return (path: string, value: Value): Value => {
    const [name = ''] = path.split('.')
    const field = fields.get(name)
    const isNested = path !== name
    const isSettable = field !== undefined && !STANDARD.has(name) && !(isNested && field.type !== 'RawObject')
    if (!isSettable || command === '$push' || (command === '$unset' && !isNested && field.required)) {
      throw undefinedProperty(where, path)
    }
    return command === '$set' && !isNested ? coerce(field, value, where) : value
  }
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
