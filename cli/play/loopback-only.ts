import type { MiddlewareHandler } from 'hono'
import { errorResponse } from '../../src/http/error-response.ts'

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/

/**
 * Refuses a request to any other host. A play has no token: without this, a page of the web whose name leads to 127.0.0.1 (DNS
 * rebinding) could read its sagas and answer its commands.
 */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  const { hostname, port } = new URL(c.req.url)
  if (LOOPBACK.test(hostname)) return next()
  const host = JSON.stringify(hostname.slice(0, 100))
  return errorResponse(
    c,
    400,
    `found the host ${host}, expected a play on this machine: http://127.0.0.1:${port || '80'}`,
  )
}
