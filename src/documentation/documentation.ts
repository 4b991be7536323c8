import type { Route, RouteHandler } from '../http/route.ts'
import { DESCRIPTION_SHOWN, TEXT_SHOWN } from '../http/schemas.ts'
import { asyncApiOf } from './async-api.ts'
import type { DocumentedService } from './documented-service.ts'
import { openApiOf } from './open-api.ts'
import { pageRoutes } from './page.ts'
import { yamlOf } from './yaml.ts'

/** Makes the documentation routes of a service from its other routes. */
export type DocumentationMaker = (service: DocumentedService) => (routes: readonly Route[]) => readonly Route[]

/**
 * The routes below `/documentation` (C7). Descriptions hold names of saga.json, so they want a token; the page that shows them
 * does not (C1.3). Each is made on its first request and kept.
 */
export const documentation: DocumentationMaker = (service) => (routes) => {
  const described: readonly Route[] = [
    ...pageRoutes(),
    route('/documentation/json', DESCRIPTION_SHOWN, (c) => c.json(openApi())),
    route('/documentation/yaml', TEXT_SHOWN, (c) => c.body(yaml(), 200, { 'Content-Type': 'application/yaml' })),
    route('/documentation/asyncapi.json', DESCRIPTION_SHOWN, (c) => c.json(asyncApi())),
  ]
  const paths = new Set([...routes, ...described].map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}')))
  const openApi = once(() => {
    const { configuration, ...rest } = service
    return openApiOf({ ...rest, machine: configuration.machine, hasPath: (path) => paths.has(path) })
  })
  const asyncApi = once(() => asyncApiOf(service))
  const yaml = once(() => yamlOf(openApi()))
  return described
}

function route(path: string, answer: Route['responses'][200], handle: RouteHandler): Route {
  return { method: 'GET', path, guard: 'token', request: {}, responses: answer ? { 200: answer } : {}, handle }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
