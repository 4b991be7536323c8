import { element } from './element.ts'
import { fieldOf, type Field } from './field.ts'
import { examplesAt, resolved, type OpenApi, type Parameter, type Placed, type Schema } from './open-api.ts'

/** A request as the form has it. */
export interface FormRequest {
  readonly method: string
  /** Relative to the page, so that every base path and proxy works. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** The fields of one operation. */
export interface RequestForm {
  readonly nodes: readonly Node[]
  /** Throws a sentence for a field that cannot be sent. */
  request(): FormRequest
  /** Fills a parameter by its name, or a field of the body by its path: `value.messageLabel`. */
  fill(name: string, text: string): void
}

interface BodyField {
  readonly path: readonly string[]
  readonly field: Field
}

/** Fields of parameters and body. Those in `filled` begin empty, since the answer of another operation fills them. */
export function requestForm(api: OpenApi, placed: Placed, filled: ReadonlySet<string>): RequestForm {
  const { operation, method, path } = placed
  const parameters = (operation.parameters ?? []).map((one) => ({
    ...one,
    field: parameterField(operation.operationId, one),
  }))
  const content = operation.requestBody?.content['application/json']
  const body = content === undefined ? [] : bodyFields(content.schema, [])
  const inHeader = parameters.filter((one) => one.in === 'header')
  const others = parameters.filter((one) => one.in !== 'header')

  function bodyFields(schema: Schema, at: readonly string[]): readonly BodyField[] {
    const { properties = {}, required = [] } = resolved(api, schema)
    return Object.entries(properties).flatMap(([name, reference]) => {
      const [inner, innerPath] = [resolved(api, reference), [...at, name]]
      if (inner.properties !== undefined) return bodyFields(inner, innerPath)
      const dotted = innerPath.join('.')
      const choices = filled.has(dotted) ? [] : examplesAt(content?.examples, innerPath)
      const example = filled.has(dotted) || choices.length > 0 ? undefined : inner.example
      const texts = {
        id: `${operation.operationId}-${innerPath.join('-')}`,
        name: dotted,
        schema: inner,
        choices,
        example,
      }
      return [{ path: innerPath, field: fieldOf({ ...texts, required: required.includes(name) }) }]
    })
  }

  return {
    nodes: [
      ...fieldset(
        'Parameters',
        others.map(({ field }) => field),
      ),
      ...fieldset(
        'Body',
        body.map(({ field }) => field),
      ),
      ...(inHeader.length === 0 ? [] : [headers(inHeader.map(({ field }) => field))]),
    ],
    request: () => {
      const given = parameters.filter(({ field }) => field.text() !== '')
      return {
        method,
        url: urlOf(path, given),
        headers: Object.fromEntries(
          given.filter((one) => one.in === 'header').map(({ name, field }) => [name, field.text()]),
        ),
        ...(body.length > 0 && { body: bodyOf(body) }),
      }
    },
    fill: (name, text) => {
      for (const one of parameters) if (one.name === name) one.field.fill(text)
      for (const one of body) if (one.path.join('.') === name) one.field.fill(text)
    },
  }
}

function parameterField(operationId: string, { name, schema, required, description, examples }: Parameter): Field {
  return fieldOf({ id: `${operationId}-${name}`, name, schema, required, description, choices: examplesAt(examples) })
}

function fieldset(legend: string, fields: readonly Field[]): readonly Node[] {
  if (fields.length === 0) return []
  return [element('fieldset', {}, element('legend', {}, legend), ...fields.map(({ node }) => node))]
}

function headers(fields: readonly Field[]): Node {
  return element('details', {}, element('summary', {}, 'Headers'), ...fieldset('', fields))
}

type Given = Parameter & { readonly field: Field }

function urlOf(path: string, given: readonly Given[]): string {
  const filled = given
    .filter((one) => one.in === 'path')
    .reduce((url, { name, field }) => url.replace(`{${name}}`, encodeURIComponent(field.text())), path.slice(1))
  const query = given
    .filter((one) => one.in === 'query')
    .map(({ name, field }): [string, string] => [name, field.text()])
  return query.length === 0 ? filled : `${filled}?${new URLSearchParams(query).toString()}`
}

/** The JSON of the fields whose paths begin alike; `depth` is the length of that beginning. */
function bodyOf(fields: readonly BodyField[], depth = 0): string {
  const keys = [...new Set(fields.map(({ path }) => path[depth] ?? ''))]
  const members = keys.map((key) => {
    const inner = fields.filter(({ path }) => path[depth] === key)
    const own = inner.find(({ path }) => path.length === depth + 1)
    return `${JSON.stringify(key)}:${own === undefined ? bodyOf(inner, depth + 1) : own.field.json()}`
  })
  return `{${members.join(',')}}`
}
