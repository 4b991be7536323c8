import { OPERATOR_OPERATIONS } from './operations/operator-operations.ts'
import type { OperationTexts } from './operations/operation-texts.ts'
import { SAGA_OPERATIONS } from './operations/saga-operations.ts'
import { SERVICE_OPERATIONS } from './operations/service-operations.ts'

/** Routes that the description leaves out: the one that Flow Manager hides, and the parts of the pages. */
export const HIDDEN: ReadonlySet<string> = new Set([
  'GET /configuration',
  'GET /console/session',
  'POST /console/draft',
  'GET /documentation/page.css',
  'GET /documentation/page.js',
])

/** Texts of every described route. The generator fails where one is missing, or names no route. */
export const OPERATIONS: Readonly<Record<string, OperationTexts>> = {
  ...SAGA_OPERATIONS,
  ...OPERATOR_OPERATIONS,
  ...SERVICE_OPERATIONS,
}

/** Why any route answers a status. */
export const STATUSES: Readonly<Record<number, string>> = {
  200: 'Done',
  202: 'Accepted',
  204: 'Nothing to answer',
  304: 'The picture that the client has is current',
  400: 'The request is malformed; `message` names the field or the header',
  401: 'There is no token, or the token does not allow this method',
  404: 'Not found',
  405: 'The path does not take this method',
  408: 'The body was not complete in time',
  409: 'Conflict',
  413: 'The body is larger than its limit',
  415: 'The body is not JSON, or has a content encoding',
  422: 'The content is refused; `message` says why',
  429: 'A limit is reached',
  431: 'The headers that go on to commands are too many or too large',
  500: 'The request cannot succeed; `message` says why',
  501: 'Not supported by the store',
  503: 'Not possible now; nothing is lost by sending the request again',
}

/** Headers of an answer by its status. */
export const ANSWER_HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  202: { Location: 'The path of the operation' },
  401: { 'WWW-Authenticate': 'The scheme of the token: `Bearer`' },
  405: { Allow: 'The methods that the path takes' },
  503: { 'Retry-After': 'Seconds to wait before the request is sent again' },
}
