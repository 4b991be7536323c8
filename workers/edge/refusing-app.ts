import { Hono } from 'hono'
import { errorResponse } from '../../src/http/error-response.ts'
import { NAME, VERSION } from '../../src/version.ts'

const MESSAGE = 'the configuration is invalid; the log says what is wrong with it'
const PROBES = /\/-\/(?:healthz|ready|check-up)$/

/** The app of an invalid configuration, where a process would not start (C1.2): 503 on every route. Only the log names the problems. */
export function refusingApp(): Hono {
  const app = new Hono()
  app.all('*', (c) =>
    PROBES.test(c.req.path)
      ? c.json({ status: 'KO', name: NAME, version: VERSION, message: MESSAGE }, 503)
      : errorResponse(c, 503, MESSAGE),
  )
  return app
}
