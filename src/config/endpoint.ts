import * as v from 'valibot'
import { isPath } from './url-path.ts'

/** Where requests go, as a URL has it apart. */
interface Address {
  readonly endpoint: string
  readonly port?: number | undefined
  readonly path: string
}

const A_HOST = 'a host without scheme, port or slash, such as "orders.internal"'
const HOST_LOOK = /^(?:\[[\dA-Fa-f:.]+\]|[^\s\u0000-\u001F\u007F/:?#@[\]\\%<>^|]+)$/

export const HOST: v.GenericSchema<unknown, string> = v.pipe(
  v.string(A_HOST),
  v.regex(HOST_LOOK, A_HOST),
  v.check(isHost, A_HOST),
)

const AN_ENDPOINT = 'host, host:port or host/base without scheme and final slash, such as "orders.internal"'
const ENDPOINT_LOOK =
  /^(?:\[[\dA-Fa-f:.]+\]|[^\s\u0000-\u001F\u007F/:?#@[\]\\%<>^|]+)(?::\d{1,5})?(?:\/[^?#\\]*[^/?#\\])?$/

/** C2.3 (2nd reading): `host`, `host:port` and `host/base`. */
export const ENDPOINT: v.GenericSchema<unknown, string> = v.pipe(
  v.string(AN_ENDPOINT),
  v.regex(ENDPOINT_LOOK, AN_ENDPOINT),
  v.check((text) => {
    const { host, port, base } = partsOf(text)
    return isHost(host) && (port === undefined || isPort(port)) && (base === '' || isPath(base))
  }, AN_ENDPOINT),
)

/** What the endpoint says of port and path, put where it belongs. */
export function joined<A extends Address>(address: A): A {
  const { host, port, base } = partsOf(address.endpoint)
  return {
    ...address,
    endpoint: host,
    ...(port !== undefined && { port }),
    path: base + address.path,
  }
}

export function namesPort(endpoint: string): boolean {
  const { port } = partsOf(endpoint)
  return port !== undefined && isPort(port)
}

/** `host:port` of a broker. */
export function isHostAndPort(text: string): boolean {
  const { host, port, base } = partsOf(text)
  return isHost(host) && port !== undefined && isPort(port) && base === ''
}

/**
 * Whether a request can ever get there: what `fetch` takes for a host, less what it would change or no resolver looks up.
 * `fetch` reads a host that ends in a number as an IPv4 address, so `10.0.0.256` is none.
 */
function isHost(text: string): boolean {
  const url = HOST_LOOK.test(text) && URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : undefined
  if (url === undefined) return false
  const { hostname } = url
  if (hostname.startsWith('[')) return true
  if (/^0\.\d+\.\d+\.\d+$/.test(hostname)) return hostname === text // "1234" would be 0.0.4.210
  const labels = hostname.replace(/\.$/, '').split('.')
  return hostname.length <= LONGEST_NAME && labels.every((label) => LABEL.test(label))
}

/** RFC 1035, and the underscores that container networks allow. Other scripts have become `xn--…`. */
const LABEL = /^[\w-]{1,63}$/
const LONGEST_NAME = 253

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535
}

interface Parts {
  readonly host: string
  readonly port: number | undefined
  readonly base: string
}

function partsOf(endpoint: string): Parts {
  const [, host = '', port, base = ''] = /^(\[[^\]]*\]|[^/:]*)(?::(\d{1,5}))?(\/[^]*)?$/.exec(endpoint) ?? []
  return { host, port: port === undefined ? undefined : Number(port), base }
}
