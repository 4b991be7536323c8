/** A URI reference in its parts (RFC 3986, appendix B). An absent part is undefined. */
interface UriParts {
  readonly scheme: string | undefined
  readonly authority: string | undefined
  readonly path: string
  readonly query: string | undefined
  readonly fragment: string | undefined
}

/** Resolves a reference against a base, as RFC 3986 says (5.2). The language alone has no `URL`. */
export function resolveUri(base: string, reference: string): string {
  const to = partsOf(reference)
  if (to.scheme !== undefined) return textOf({ ...to, path: withoutDots(to.path) })
  const from = partsOf(base)
  const { scheme } = from
  if (to.authority !== undefined) return textOf({ ...to, scheme, path: withoutDots(to.path) })
  if (to.path === '') return textOf({ ...from, query: to.query ?? from.query, fragment: to.fragment })
  const path = to.path.startsWith('/') ? to.path : from.path.slice(0, from.path.lastIndexOf('/') + 1) + to.path
  return textOf({ ...to, scheme, authority: from.authority, path: withoutDots(path) })
}

/** The parts before and behind the first "#". */
export function splitFragment(uri: string): readonly [document: string, fragment: string] {
  const at = uri.indexOf('#')
  return at === -1 ? [uri, ''] : [uri.slice(0, at), uri.slice(at + 1)]
}

function partsOf(uri: string): UriParts {
  const found = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(uri)
  const [, scheme, authority, path = '', query, fragment] = found ?? []
  return { scheme, authority, path, query, fragment }
}

function textOf({ scheme, authority, path, query, fragment }: UriParts): string {
  const before = (scheme === undefined ? '' : `${scheme}:`) + (authority === undefined ? '' : `//${authority}`)
  return `${before}${path}${query === undefined ? '' : `?${query}`}${fragment === undefined ? '' : `#${fragment}`}`
}

function withoutDots(path: string): string {
  if (!path.includes('.')) return path
  const kept: string[] = []
  const segments = path.split('/')
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..' && kept.length > 1) kept.pop()
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else if (isLast) kept.push('')
  }
  return kept.join('/')
}
