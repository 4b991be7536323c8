import { isIpv6 } from './network-formats.ts'

/** A URI with a scheme (RFC 3986). */
export function isUri(text: string): boolean {
  return isScheme(schemeOf(text)) && isUriReference(text)
}

/** A URI, or a reference relative to one. */
export function isUriReference(text: string): boolean {
  const scheme = schemeOf(text)
  if (scheme !== undefined && !isScheme(scheme)) return false
  const rest = scheme === undefined ? text : text.slice(scheme.length + 1)
  const [beforeFragment, ...fragments] = rest.split('#')
  const [hierarchy = '', ...queries] = (beforeFragment ?? '').split('?')
  if (fragments.length > 1 || !fragments.every(isQuery) || !queries.every(isQuery)) return false
  if (!hierarchy.startsWith('//')) return isPath(hierarchy)
  const slash = hierarchy.indexOf('/', 2)
  const authority = hierarchy.slice(2, slash === -1 ? undefined : slash)
  return isAuthority(authority) && (slash === -1 || isPath(hierarchy.slice(slash)))
}

/** An address of http, https or ftp with a host. */
export function isUrl(text: string): boolean {
  return /^(?:https?|ftp):\/\/[^/?#]/i.test(text) && isUri(text)
}

/** RFC 6570, all four levels. */
export function isUriTemplate(text: string): boolean {
  return TEMPLATE.test(text)
}

const TEMPLATE =
  /^(?:[^\0-\x20\x7f"<>%\\^`{|}]|%[\da-f]{2}|\{[+#./;?&=,!@|]?(?:\w|%[\da-f]{2})+(?:\.(?:\w|%[\da-f]{2})+)*(?::[1-9]\d{0,3}|\*)?(?:,(?:\w|%[\da-f]{2})+(?:\.(?:\w|%[\da-f]{2})+)*(?::[1-9]\d{0,3}|\*)?)*\})*$/i

/** RFC 6901. */
export function isJsonPointer(text: string): boolean {
  return text === '' || (text.startsWith('/') && /^(?:[^~]|~[01])*$/s.test(text))
}

/** A JSON Pointer as the fragment of a URI. */
export function isJsonPointerFragment(text: string): boolean {
  return text.startsWith('#') && isQuery(text.slice(1)) && isJsonPointer(text.slice(1))
}

/** A JSON Pointer behind the number of levels to go up. */
export function isRelativeJsonPointer(text: string): boolean {
  const [levels] = /^(?:0|[1-9]\d*)/.exec(text) ?? []
  if (levels === undefined) return false
  const rest = text.slice(levels.length)
  return rest === '#' || isJsonPointer(rest)
}

/** The text before the first ":", if that is before every "/", "?" and "#". */
function schemeOf(text: string): string | undefined {
  return /^([^:/?#]*):/.exec(text)?.[1]
}

function isScheme(scheme: string | undefined): boolean {
  return scheme !== undefined && /^[a-z][a-z\d+.-]*$/i.test(scheme)
}

function isPath(path: string): boolean {
  return /^[\w.~!$&'()*+,;=:@/-]*$/.test(withoutEscapes(path))
}

function isQuery(query: string): boolean {
  return /^[\w.~!$&'()*+,;=:@/?-]*$/.test(withoutEscapes(query))
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@')
  const userinfo = authority.slice(0, Math.max(at, 0))
  if (!/^[\w.~!$&'()*+,;=:-]*$/.test(withoutEscapes(userinfo))) return false
  const host = authority.slice(at + 1).replace(/:\d*$/, '')
  if (host.startsWith('[')) return host.endsWith(']') && isIpLiteral(host.slice(1, -1))
  return /^[\w.~!$&'()*+,;=-]*$/.test(withoutEscapes(host))
}

/** A "%" that is left begins no escape, and no part of a URI may hold it. */
function withoutEscapes(text: string): string {
  return text.includes('%') ? text.replaceAll(/%[\da-f]{2}/gi, '') : text
}

function isIpLiteral(address: string): boolean {
  return isIpv6(address) || /^v[\da-f]+\.[\w.~!$&'()*+,;=:-]+$/i.test(address)
}
