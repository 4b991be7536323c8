import { getPath } from 'hono/utils/url'

/** The path of a request whose target or `Host` is invalid; its route answers 400. */
export const BAD_TARGET_PATH = '/\u0000'

const ORIGIN = 'http://batuta'

/**
 * The path that routes and guards see, made of the request's target alone. Hosts make `Request.url` of the target and of
 * the header `Host`, so that `Host: x/sagas?` would choose the route: such a header is refused.
 */
export function pathOf(request: Pick<Request, 'url' | 'headers'>): string {
  const host = request.headers.get('host')
  if (host !== null && !isHost(host)) return BAD_TARGET_PATH
  const target = targetOf(request.url)
  if (target === undefined || /^[^?#]*\\/.test(target)) return BAD_TARGET_PATH
  return getPath({ url: ORIGIN + target } as Request)
}

/** True if a header is one `host[:port]` (RFC 9110 §7.2); an empty or doubled one is not. HTTP/1.0 may omit it: see the caller. */
export function isHost(host: string): boolean {
  const port = HOST.exec(host)
  return port !== null && Number(port[1] ?? 0) <= 65_535
}

const HOST = /^(?:[\w.~-]{1,255}|\[[\da-f:.]{2,45}\])(?::(\d{0,5}))?$/i

/** Path and query of a URL; `undefined` for another scheme. Without a `Host` Bun's URL is the target alone. */
function targetOf(url: string): string | undefined {
  if (url.startsWith('/')) return withoutDots(url)
  if (!url.startsWith('http://') && !url.startsWith('https://')) return undefined
  const rest = url.slice(AUTHORITY.exec(url)?.[0].length)
  return withoutDots(rest.startsWith('/') ? rest : `/${rest}`)
}

const AUTHORITY = /^https?:\/\/[^/?#]*/

/** Removes dot segments (`/a/..`), which only half of the hosts do. */
function withoutDots(target: string): string {
  if (!target.includes('/.') && !/%2e/i.test(target)) return target
  const { pathname, search } = new URL(ORIGIN + target)
  return pathname + search
}
