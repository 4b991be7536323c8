import { schemaBreaks, type Break, type ComparedSchema } from './schema-breaks.ts'

/** The parts of OpenAPI 3.0 that callers rely on. */
export interface ComparedApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ComparedOperation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, ComparedSchema>> }
}

interface ComparedOperation {
  readonly operationId?: string
  readonly parameters?: readonly ComparedParameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: ComparedContent }
  readonly responses: Readonly<Record<string, ComparedResponse>>
  readonly security?: readonly object[]
}

interface ComparedResponse {
  readonly content?: ComparedContent
  readonly headers?: Readonly<Record<string, unknown>>
}

interface ComparedParameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: ComparedSchema
}

type ComparedContent = Readonly<Record<string, { readonly schema: ComparedSchema }>>

/** Every change that breaks a caller of the API before, as a sentence that names route, part and field. */
export function breakingChanges(before: ComparedApi, after: ComparedApi): readonly string[] {
  return new Comparison(before, after).breaks()
}

class Comparison {
  readonly #before: ComparedApi
  readonly #after: ComparedApi

  constructor(before: ComparedApi, after: ComparedApi) {
    this.#before = before
    this.#after = after
  }

  breaks(): readonly string[] {
    const after = new Map(Object.entries(this.#after.paths).map(([path, methods]) => [unnamed(path), methods]))
    return Object.entries(this.#before.paths).flatMap(([path, methods]) => {
      const now = after.get(unnamed(path))
      if (now === undefined) return [`${path}: the path is gone`]
      return Object.entries(methods).flatMap(([method, operation]) => {
        const route = `${method.toUpperCase()} ${path}`
        const same = now[method]
        return same === undefined ? [`${route}: the method is gone`] : this.#operation(route, operation, same)
      })
    })
  }

  #operation(route: string, before: ComparedOperation, after: ComparedOperation): readonly string[] {
    const { operationId } = before
    const isRenamed = operationId !== undefined && operationId !== after.operationId
    return [
      ...(isRenamed ? [`operationId, the name in generated clients, was ${operationId}`] : []),
      ...((before.security ?? []).length === 0 && (after.security ?? []).length > 0 ? ['a token is wanted now'] : []),
      ...this.#parameters(before.parameters, after.parameters),
      ...this.#requestBody(before.requestBody, after.requestBody),
      ...this.#responses(before.responses, after.responses),
    ].map((sentence) => `${route}: ${sentence}`)
  }

  #parameters(before: readonly ComparedParameter[] = [], after: readonly ComparedParameter[] = []): readonly string[] {
    const nameOf = ({ name, in: place }: ComparedParameter) =>
      `${place} parameter ${place === 'path' ? '' : name}`.trim()
    const known = new Map(before.map((one) => [nameOf(one), one]))
    const now = new Map(after.map((one) => [nameOf(one), one]))
    const gone = [...known.keys()].filter((name) => !now.has(name)).map((name) => `${name} is gone`)
    const changed = [...now].flatMap(([name, one]) => {
      const old = known.get(name)
      if (one.required === true && old?.required !== true) return [`${name} is required now`]
      return old === undefined ? [] : this.#schema(name, 'request', [old.schema, one.schema])
    })
    return [...gone, ...changed]
  }

  #requestBody(before: ComparedOperation['requestBody'], after: ComparedOperation['requestBody']): readonly string[] {
    if (before === undefined) return after?.required === true ? ['a request body is required now'] : []
    if (after === undefined) return ['the request body is gone']
    const required = after.required === true && before.required !== true ? ['the request body is required now'] : []
    return [...required, ...this.#content('request body', 'request', [before.content, after.content])]
  }

  #responses(before: ComparedOperation['responses'], after: ComparedOperation['responses']): readonly string[] {
    return Object.entries(before).flatMap(([status, { content = {}, headers = {} }]) => {
      const now = after[status]
      if (now === undefined) return status.startsWith('2') ? [`the answer ${status} is gone`] : []
      const gone = Object.keys(headers).filter((name) => !Object.hasOwn(now.headers ?? {}, name))
      return [
        ...gone.map((name) => `answer ${status}: the header ${name} is gone`),
        ...this.#content(`answer ${status}`, 'response', [content, now.content ?? {}]),
      ]
    })
  }

  #content(
    part: string,
    side: 'request' | 'response',
    [before, after]: readonly [ComparedContent, ComparedContent],
  ): readonly string[] {
    return Object.entries(before).flatMap(([type, { schema }]) => {
      const now = after[type]
      return now === undefined ? [`${part} as ${type} is gone`] : this.#schema(part, side, [schema, now.schema])
    })
  }

  #schema(
    part: string,
    side: 'request' | 'response',
    [before, after]: readonly [ComparedSchema, ComparedSchema],
  ): readonly string[] {
    const found = schemaBreaks(side, {
      before: { schema: before, named: this.#before.components?.schemas ?? {} },
      after: { schema: after, named: this.#after.components?.schemas ?? {} },
    })
    return found.map(
      ({ path, why }: Break) => `${[part, path.join('.')].filter((one) => one !== '').join(', ')}: ${why}`,
    )
  }
}

/** Names of parameters in a path mean nothing to callers. */
function unnamed(path: string): string {
  return path.replaceAll(/\{\w+\}/g, '{}')
}
