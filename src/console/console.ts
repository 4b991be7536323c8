import * as v from 'valibot'
import type { ConsoleService } from '../http/routes.ts'
import type { Route } from '../http/route.ts'
import { TEXT_SHOWN } from '../http/schemas.ts'
import { VERSION } from '../version.ts'
import { draftRoute } from './draft/post-draft.ts'
import { POLICY } from './policy.ts'
import { SHELL } from './shell.ts'

/** Makes the routes of the page for operators. */
export type ConsoleMaker = (service: ConsoleService) => readonly Route[]

/** The answer of `GET /console/session`: the facts by which the page decides what to offer. */
const SESSION_SHOWN: v.GenericSchema = v.strictObject({
  version: v.string(),
  store: v.string(),
  canList: v.boolean(),
  mayAct: v.boolean(),
})

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
}

/**
 * The page at `/console` (C7). The page holds no data of the service, so it needs no token (C1.3); its script reads the HTTP API
 * with the token that the operator gives.
 */
export const consolePage: ConsoleMaker = (service) => [
  {
    method: 'GET',
    path: '/console',
    guard: 'none',
    request: {},
    responses: { 200: TEXT_SHOWN },
    handle: (c) => c.html(SHELL, 200, HEADERS),
  },
  {
    method: 'GET',
    path: '/console/session',
    guard: 'token',
    request: {},
    responses: { 200: SESSION_SHOWN },
    handle: (c) => {
      const { store, canList, mayWrite } = service
      return c.json({ version: VERSION, store, canList, mayAct: mayWrite(c) })
    },
  },
  draftRoute(service),
]
