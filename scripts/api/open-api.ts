import type { GenericSchema, ObjectSchema, ObjectEntries } from 'valibot'
import { BodyReader } from '../../src/http/body-reader.ts'
import type { Route } from '../../src/http/route.ts'
import { routesOf } from '../../src/http/routes.ts'
import { VERSION } from '../../src/version.ts'
import { consolePage } from '../../src/console/console.ts'
import { documentation } from '../../src/documentation/documentation.ts'
import { pictures } from '../../src/picture-routes/pictures.ts'
import { COMPONENTS } from './components.ts'
import { ANSWER_HEADERS, HIDDEN, OPERATIONS, STATUSES } from './operations.ts'
import type { OperationTexts } from './operations/operation-texts.ts'
import { SchemaConverter, type OpenApiSchema } from './schema-converter.ts'

const TAG = 'Flow Manager'

const DESCRIPTION = [
  'Batuta moves sagas through the machine of saga.json. `POST /saga` creates one, `POST /event` moves it.',
  '',
  'An error is `{ statusCode, error, message }`. After a 503, or no answer at all, send the same request again with the same',
  '`idempotency-key`. A GET route answers HEAD too. A request whose target or `Host` is malformed is 400 on every path.',
].join('\n')

/** The table of routes; none of them is called. */
export function describedRoutes(): readonly Route[] {
  const none = {} as never
  const metrics = { readRequests: () => undefined }
  const drawn = pictures({ machine: none, channels: [] })
  const pages = { pictures: drawn, console: consolePage, documentation: documentation(none) }
  return routesOf(BodyReader.prototype, { metrics, ...pages } as never)
}

/** OpenAPI 3.0 of all routes, as it would be with tokens set and without a machine. Throws where a text is missing. */
export function openApi(routes: readonly Route[]): object {
  const converter = new SchemaConverter(COMPONENTS)
  const described = routes.filter((route) => !HIDDEN.has(nameOf(route)))
  const document = {
    openapi: '3.0.3',
    info: {
      title: 'Batuta',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [{ name: TAG, description: 'Sagas, their events, and the service' }],
    paths: pathsOf(described, converter),
    components: {
      schemas: Object.fromEntries(
        Object.entries(COMPONENTS).map(([name, { schema, description }]) => [
          name,
          { description, ...converter.convert(schema, name) },
        ]),
      ),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: '`API_TOKEN`, or `READ_TOKEN` to read' },
      },
    },
  }
  refuseUnused(described, converter)
  return document
}

function refuseUnused(routes: readonly Route[], { unused }: SchemaConverter): void {
  const names = new Set(routes.map(nameOf))
  const extra = [...Object.keys(OPERATIONS).filter((name) => !names.has(name)), ...unused]
  if (extra.length > 0) throw new Error(`describe the API: found texts of nothing: ${extra.join(', ')}`)
}

function pathsOf(routes: readonly Route[], converter: SchemaConverter): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, converter) }
  }
  return paths
}

function operationOf(route: Route, converter: SchemaConverter): object {
  const name = nameOf(route)
  const texts = OPERATIONS[name]
  if (texts === undefined) throw new Error(`describe "${name}": expected an entry in scripts/api/operations/`)
  const { operationId, summary, description } = texts
  const parameters = parametersOf(route, texts, converter)
  const { body, isBodyOptional = false } = route.request
  return {
    tags: [TAG],
    operationId,
    summary,
    description,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: !isBodyOptional, content: json(converter.referred(body, name)) },
    }),
    responses: responsesOf(route, texts, converter),
    security: route.guard === 'token' ? [{ token: [] }] : [],
  }
}

function parametersOf(
  { request, ...route }: Route,
  { path = {} }: OperationTexts,
  converter: SchemaConverter,
): object[] {
  const name = nameOf(route)
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, parameter = '']) => ({
    name: parameter,
    in: 'path',
    required: true,
    description: path[parameter],
    schema: { type: 'string', minLength: 1 },
  }))
  const given = (place: 'query' | 'header', schema: GenericSchema | undefined) => {
    const { properties = {}, required = [] } = schema === undefined ? {} : shapeOf(schema, name, converter)
    return Object.entries(properties).map(([parameter, { description, example, ...rest }]) => ({
      name: parameter,
      in: place,
      required: required.includes(parameter),
      description,
      ...(example !== undefined && { example }),
      schema: rest,
    }))
  }
  return [...inPath, ...given('query', request.query), ...given('header', request.headers)]
}

interface Shape {
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly required?: readonly string[]
}

function shapeOf(schema: GenericSchema, name: string, converter: SchemaConverter): Shape {
  const { entries } = schema as ObjectSchema<ObjectEntries, undefined>
  const { required = [] } = converter.convert(schema, name) as Shape
  const { properties = {} } = converter.convert(schema, name) as Shape
  return { properties: Object.fromEntries(Object.keys(entries).map((key) => [key, properties[key] ?? {}])), required }
}

function responsesOf(route: Route, texts: OperationTexts, converter: SchemaConverter): object {
  const schemas = new Map(Object.entries(route.responses).map(([status, schema]) => [Number(status), schema]))
  const error = COMPONENTS['Error']?.schema
  if (error !== undefined) for (const status of route.guard === 'token' ? [401, 405] : [405]) schemas.set(status, error)
  const sorted = [...schemas].toSorted(([a], [b]) => a - b)
  return Object.fromEntries(
    sorted.map(([status, schema]) => {
      const headers = ANSWER_HEADERS[status]
      const data = status === 200 ? texts.data : undefined
      const converted = data ?? converter.referred(schema, nameOf(route))
      const type = status === 200 ? (texts.answers ?? 'application/json') : 'application/json'
      if (status === 204 || status === 304)
        return [String(status), { description: texts.statuses?.[status] ?? STATUSES[status] }]
      const response = {
        description: texts.statuses?.[status] ?? STATUSES[status],
        ...(headers && { headers: headersOf(headers) }),
        content: { [type]: { schema: converted } },
        ...(status === 200 && texts.links && { links: texts.links }),
      }
      return [String(status), response]
    }),
  )
}

function headersOf(headers: Readonly<Record<string, string>>): object {
  const entries = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ])
  return Object.fromEntries(entries)
}

function json(schema: OpenApiSchema): object {
  return { 'application/json': { schema } }
}

function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`
}
