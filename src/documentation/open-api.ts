import type { MachineDefinition } from '../machine/definition.ts'
import { eventExamples, stateExamples } from './machine-examples.ts'
import { OPEN_API_TEXT } from './open-api-text.ts'

/** The parts of OpenAPI 3.0 that depend on the service. */
export interface OpenApi {
  readonly openapi: string
  readonly servers: readonly { readonly url: string; readonly description?: string }[]
  readonly paths: Readonly<Record<string, OpenApiPath>>
  readonly components: Readonly<Record<string, unknown>>
  readonly [section: string]: unknown
}

/** The operations of a path by their method in lower case. */
export type OpenApiPath = Readonly<Record<string, OpenApiOperation>>

/** One operation. */
export interface OpenApiOperation {
  readonly operationId: string
  readonly responses: Readonly<Record<string, object>>
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> }
  readonly security: readonly object[]
}

/** The service that a description is of. */
export interface OpenApiService {
  /** True for a path of this service, as OpenAPI writes it: `/sagas/{sagaId}`. */
  readonly hasPath: (path: string) => boolean
  readonly basePath: string
  /** Without tokens there is no security scheme, and no 401. */
  readonly hasTokens: boolean
  readonly machine: MachineDefinition
}

/** OpenAPI 3.0 of the routes of a service, with the labels of its machine as examples. */
export function openApiOf({ hasPath, basePath, hasTokens, machine }: OpenApiService): OpenApi {
  const all = JSON.parse(OPEN_API_TEXT) as OpenApi
  const paths = Object.entries(all.paths).filter(([path]) => hasPath(path))
  const mapped = paths.map(([path, operations]): [string, OpenApiPath] => {
    const changed = Object.entries(operations).map(([method, operation]): [string, OpenApiOperation] => {
      const withExamples = exemplified(operation, machine)
      return [method, hasTokens ? withExamples : opened(withExamples)]
    })
    return [path, Object.fromEntries(changed)]
  })
  const { securitySchemes, ...components } = all.components
  return {
    ...all,
    servers: basePath === '' ? [{ url: '/' }] : [{ url: basePath }, { url: '/', description: 'Without the base path' }],
    paths: Object.fromEntries(mapped),
    components: hasTokens ? { ...components, securitySchemes } : components,
  }
}

/** Without a token. */
function opened(operation: OpenApiOperation): OpenApiOperation {
  const { 401: _, ...responses } = operation.responses
  return { ...operation, responses, security: [] }
}

/** Names of states and events of the machine where a request holds one. */
function exemplified(operation: OpenApiOperation, machine: MachineDefinition): OpenApiOperation {
  if (operation.operationId === 'postEvent') return withBodyExamples(operation, eventExamples(machine))
  if (operation.operationId !== 'listSagas' || operation.parameters === undefined) return operation
  const examples = stateExamples(machine)
  const parameters = operation.parameters.map((one) => (one.name === 'currentState' ? { ...one, examples } : one))
  return { ...operation, parameters }
}

function withBodyExamples(operation: OpenApiOperation, examples: object): OpenApiOperation {
  const { requestBody } = operation
  if (requestBody === undefined) return operation
  const content = Object.entries(requestBody.content).map(([type, one]) => [type, { ...one, examples }])
  return { ...operation, requestBody: { ...requestBody, content: Object.fromEntries(content) } }
}
