import type { Context } from 'hono'
import type { GenericSchema } from 'valibot'
import type { ErrorStatus } from './error-response.ts'

/** Answers a request that passed the guard of its route. */
export type RouteHandler = (c: Context) => Response | Promise<Response>

/** Schemas of a request, by the part that they describe. */
export interface RequestSchemas {
  /** Headers beside the content type and the token. */
  readonly headers?: GenericSchema
  readonly query?: GenericSchema
  readonly body?: GenericSchema
  /** The body may be absent. */
  readonly isBodyOptional?: true | undefined
}

/** Schemas of the answers by status; 401 and 405 are not listed, since every guard and every path has them. */
export type ResponseSchemas = { readonly [status in 200 | 202 | 204 | 304 | ErrorStatus]?: GenericSchema }

/**
 * One route as data: `mount-routes.ts` makes its guard and its 405 of it. A path with one guarded route is guarded for every
 * method, so without a token a wrong method is 401.
 */
export interface Route {
  /** `GET` answers `HEAD` too. */
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** As Hono writes it: `:name` is one segment. */
  readonly path: string
  /** `token`: needs `API_TOKEN`, or for reading `READ_TOKEN`, where they are set (C1.3). */
  readonly guard: 'none' | 'token'
  /** A `POST` that changes nothing, so that `READ_TOKEN` opens it. Default: only `GET` reads. */
  readonly isReading?: true | undefined
  readonly request: RequestSchemas
  readonly responses: ResponseSchemas
  readonly handle: RouteHandler
}
