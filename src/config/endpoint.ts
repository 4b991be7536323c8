import * as v from 'valibot'
import { isPath } from './url-path.ts'

/** A target of requests with endpoint, port and path in fields of their own. */
interface EndpointTarget {
  readonly endpoint: string
  readonly port?: number | undefined
  readonly path: string
}

const A_HOST = 'a host without scheme, port or slash, such as "orders.internal"'
const HOST_PATTERN = /^(?:\[[\dA-Fa-f:.]+\]|[^\s\u0000-\u001F\u007F/:?#@[\]\\%<>^|]+)$/

/** A host name or IP address, without scheme, port and path. */
export const HOST: v.GenericSchema<unknown, string> = v.pipe(
  v.string(A_HOST),
  v.regex(HOST_PATTERN, A_HOST),
  v.check(isHost, A_HOST),
)

const AN_ENDPOINT = 'host, host:port or host/base without scheme and final slash, such as "orders.internal"'
const ENDPOINT_PATTERN =
  /^(?:\[[\dA-Fa-f:.]+\]|[^\s\u0000-\u001F\u007F/:?#@[\]\\%<>^|]+)(?::\d{1,5})?(?:\/[^?#\\]*[^/?#\\])?$/

/** C2.3 (2nd reading): `host`, `host:port` and `host/base`. */
export const ENDPOINT: v.GenericSchema<unknown, string> = v.pipe(
  v.string(AN_ENDPOINT),
  v.regex(ENDPOINT_PATTERN, AN_ENDPOINT),
  v.check((text) => {
    const { host, port, base } = partsOf(text)
    return isHost(host) && (port === undefined || isPort(port)) && (base === '' || isPath(base))
  }, AN_ENDPOINT),
)

/** Moves port and base of `endpoint` to `port` and `path`. */
export function splitEndpoint<Target extends EndpointTarget>(target: Target): Target {
  const { host, port, base } = partsOf(target.endpoint)
  return {
    ...target,
    endpoint: host,
    ...(port !== undefined && { port }),
    path: base + target.path,
  }
}

/** True if an endpoint has a port. */
export function namesPort(endpoint: string): boolean {
  const { port } = partsOf(endpoint)
  return port !== undefined && isPort(port)
}

/** True if a text is `host:port`, as for a broker. */
export function isHostAndPort(text: string): boolean {
  const { host, port, base } = partsOf(text)
  return isHost(host) && port !== undefined && isPort(port) && base === ''
}

/**
 * True if `fetch` accepts a host as it is written and a resolver would look it up. `fetch` reads a host that ends in a number
 * as an IPv4 address, so `10.0.0.256` is refused.
 */
function isHost(text: string): boolean {
  const url = HOST_PATTERN.test(text) && URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : undefined
  if (url === undefined) return false
  const { hostname } = url
  if (hostname.startsWith('[')) return true
  if (/^0\.\d+\.\d+\.\d+$/.test(hostname)) return hostname === text // "1234" would be 0.0.4.210
  const labels = hostname.replace(/\.$/, '').split('.')
  return hostname.length <= LONGEST_NAME && labels.every((label) => LABEL.test(label))
}

/** RFC 1035, plus underscores, which container networks allow. `URL` has turned other scripts into `xn--…`. */
const LABEL = /^[\w-]{1,63}$/
const LONGEST_NAME = 253

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535
}

interface EndpointParts {
  readonly host: string
  readonly port: number | undefined
  readonly base: string
}

function partsOf(endpoint: string): EndpointParts {
  const [, host = '', port, base = ''] = /^(\[[^\]]*\]|[^/:]*)(?::(\d{1,5}))?(\/[^]*)?$/.exec(endpoint) ?? []
  return { host, port: port === undefined ? undefined : Number(port), base }
}
