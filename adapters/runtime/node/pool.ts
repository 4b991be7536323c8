import { createSecureContext, getCACertificates } from 'node:tls'
import { Agent, buildConnector } from 'undici'
import type { Dispatcher } from 'undici'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { Fetch } from '../../../src/ports/runtime.ts'
import { DRAINED, exchange } from '../web.ts'
import { withoutInterim } from './interim.ts'

/** Most connections to one origin. */
const CONNECTIONS = 256
/** undici's time-outs are off: `exchange` has its own. HTTP/1.1 only (decision 0019). */
const TUNING = { allowH2: false, headersTimeout: 0, bodyTimeout: 0 } as const

/**
 * A pool of keep-alive connections, one exchange at a time on each. HTTP/1.1 only (decision 0019): with HTTP/2 undici opens one
 * connection at a time, so a host that hangs in its TLS handshake holds up every request to it. `ca`: authorities in PEM, trusted
 * beside the host's own.
 */
export function pooledFetch(ca?: readonly string[]): Fetch {
  const agent = new Agent({ ...TUNING, connections: CONNECTIONS, connect: connector(ca) })
  const targets = new Map<string, ParsedTarget>()

  return (url, request) => {
    const { method, headers, body } = request
    return exchange(request, async (signal) => {
      const options = { ...targetOf(targets, url), method, headers, body: body ?? null, signal }
      const answer = await agent.request(options as Dispatcher.RequestOptions)
      return {
        status: answer.statusCode,
        header: (name) => single(answer.headers[name.toLowerCase()]),
        read: (text) => (text.keep === 0 ? answer.body.dump({ limit: DRAINED }) : text.readAll(answer.body)),
      }
    })
  }
}

function connector(ca: readonly string[] | undefined): buildConnector.connector {
  const trust = ca && { secureContext: createSecureContext({ ca: [...getCACertificates('default'), ...ca] }) }
  const connect = buildConnector({ allowH2: false, timeout: DEFAULTS.connect, ...trust })
  return (options, callback) =>
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) =>
      error === null ? callback(null, withoutInterim(socket)) : callback(error, null),
    )
}

interface ParsedTarget {
  readonly origin: string
  readonly path: string
}

/** Parses each address once: a service sends to a handful of them. Up to 1,000 are kept. */
function targetOf(targets: Map<string, ParsedTarget>, url: string): ParsedTarget {
  const known = targets.get(url)
  if (known !== undefined) return known
  const { origin, pathname, search } = new URL(url)
  const target = { origin, path: pathname + search }
  if (targets.size < 1_000) targets.set(url, target)
  return target
}

function single(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null
}
