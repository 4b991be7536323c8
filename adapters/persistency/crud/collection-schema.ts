import type { DocumentForm } from '../../../src/codec/document-form.ts'

/** The schema of one collection, as `GET /-/schemas` answers it; types as far as they are known. */
export interface CollectionSchema {
  readonly types: ReadonlyMap<string, ReadonlySet<string>>
  readonly required: ReadonlySet<string>
  /** Fields whose objects accept listed keys only. */
  readonly closed: ReadonlySet<string>
}

/** The states of a machine, as far as a collection depends on them. */
export interface StatesOfMachine {
  readonly states: readonly { readonly id: string; readonly businessStateId?: string | number | undefined }[]
}

/** Every field that the store writes (C5), with the types that it can write. */
const FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['sagaId', ['string']],
  ['associatedEntityId', ['string']],
  ['currentState', ['string']],
  ['latestEvent', ['string', 'object']],
  ['isFinal', ['boolean']],
  ['businessStateId', ['string', 'number']],
  ['businessStateDescription', ['string']],
  ['metadata', ['object']],
  ['history', ['object']],
])
/** Names of the fields that the store writes. */
export const FIELD_NAMES: readonly string[] = [...FIELDS.keys()]
/** Fields that the service sets. */
const STANDARD = new Set(['_id', 'creatorId', 'createdAt', 'updaterId', 'updatedAt', '__STATE__'])

/** The schema of a collection in the answer; `undefined` where the answer does not describe it. */
export function schemaIn(answer: unknown, name: string): CollectionSchema | undefined {
  if (!Array.isArray(answer)) return undefined
  const all = answer.filter(isObject)
  const { schema } = all.find((one) => one['name'] === name) ?? {}
  if (!isObject(schema) || !isObject(schema['properties'])) return undefined
  const { properties, required } = schema as { properties: JsonObject; required?: unknown }
  const fields = Object.entries(properties).filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
  return {
    types: new Map(fields.map(([field, one]) => [field, typesOf(one)])),
    required: new Set(Array.isArray(required) ? required.filter((one) => typeof one === 'string') : []),
    closed: new Set(fields.filter(([, one]) => one['additionalProperties'] === false).map(([field]) => field)),
  }
}

/** The types that the collection wants (C5a); a field that takes both is written as always. */
export function formIn({ types }: CollectionSchema): DocumentForm {
  const event = types.get('latestEvent') ?? NONE
  const business = types.get('businessStateId') ?? NONE
  return {
    latestEvent: event.has('string') ? 'string' : event.has('object') ? 'object' : undefined,
    businessStateId: business.has('string') ? 'string' : business.has('number') ? 'number' : undefined,
  }
}

/** Reasons why sagas of this machine cannot be stored in the collection, each with its remedy; none where they can. */
export function schemaProblems(schema: CollectionSchema, machine: StatesOfMachine | undefined): readonly string[] {
  const { types, required, closed } = schema
  const lacking = FIELD_NAMES.filter((field) => !types.has(field))
  const unwritten = [...required].filter((field) => !FIELDS.has(field) && !STANDARD.has(field))
  return [
    ...lacking.map((field) => `it has no field "${field}": add it, ${named(FIELDS.get(field) ?? [])}`),
    ...[...FIELDS].flatMap(([field, wanted]) => typeProblem(field, wanted, types.get(field))),
    ...unwritten.map((field) => `it requires "${field}", which no saga has: make that field optional`),
    ...['metadata', 'history']
      .filter((field) => closed.has(field))
      .map((field) => `its field "${field}" accepts some keys only: make it an object of any keys`),
    ...(required.has('businessStateId') ? businessProblems(machine) : []),
  ]
}

/** A required field would be stored as an empty text, which other readers take for a business state (C5a). */
function businessProblems(machine: StatesOfMachine | undefined): readonly string[] {
  const lacking = (machine?.states ?? []).flatMap(({ id, businessStateId }, index) =>
    businessStateId === undefined ? [`machineDefinition.states[${index}] (${JSON.stringify(id)})`] : [],
  )
  if (lacking.length === 0) return []
  const remedy = `give ${lacking.length === 1 ? 'that state' : 'each'} a "businessStateId", or make the field optional`
  return [
    `it requires "businessStateId", which saga.json does not have at ${lacking.join(', ')}: ${remedy} in the collection`,
  ]
}

function typeProblem(field: string, wanted: readonly string[], types: ReadonlySet<string> = NONE): readonly string[] {
  if (types.size === 0 || wanted.some((type) => types.has(type))) return []
  return [`its field "${field}" is ${named([...types])}: make it ${named(wanted)}`]
}

function named(types: readonly string[]): string {
  return `of the type ${types.map((type) => (type === 'object' ? 'RawObject' : type)).join(' or ')}`
}

/** Empty where the schema names none: then any value may be accepted. */
function typesOf({ type }: JsonObject): ReadonlySet<string> {
  const types = [type].flat().filter((one) => typeof one === 'string')
  return new Set(types.map((one) => (one === 'integer' ? 'number' : one)).filter((one) => one !== 'null'))
}

type JsonObject = Readonly<Record<string, unknown>>

const NONE: ReadonlySet<string> = new Set()

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
