import { Hono } from 'hono'
import { errorResponse } from '../../src/http/error-response.ts'
import { NAME, VERSION } from '../../src/version.ts'

const MESSAGE = 'the configuration is invalid; the log says what is wrong with it'
const PROBES = /\/-\/(?:healthz|ready|check-up)$/

/** Where a process would not have started at all (C1.2): every route says so, and why is for the log only. */
export function refusingApp(): Hono {
  const app = new Hono()
  app.all('*', (c) =>
    PROBES.test(c.req.path)
      ? c.json({ status: 'KO', name: NAME, version: VERSION, message: MESSAGE }, 503)
      : errorResponse(c, 503, MESSAGE),
  )
  return app
}
