const LONGEST_HOST = 253
const LONGEST_LABEL = 63
const LONGEST_LOCAL_PART = 64

/** RFC 1123: labels of letters, digits and hyphens, separated by dots. A dot at the end is accepted, as ajv-formats does. */
export function isHostname(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  return name.length <= LONGEST_HOST && name.split('.').every(isLabel)
}

function isLabel(label: string): boolean {
  return label.length <= LONGEST_LABEL && /^[a-z\d][a-z\d-]*$/i.test(label) && !label.endsWith('-')
}

/** Four decimal numbers of one byte, without leading zeros. */
export function isIpv4(text: string): boolean {
  const bytes = text.split('.')
  return bytes.length === 4 && bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256)
}

const GROUPS = 8

/** RFC 4291, section 2.2, without a zone. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const all = groups.flat()
  const last = all.at(-1)
  const hasIpv4 = last !== undefined && last.includes('.')
  if (hasIpv4 && (halves.at(-1) === '' || !isIpv4(last))) return false
  const count = all.length + (hasIpv4 ? 1 : 0)
  const areGroups = (hasIpv4 ? all.slice(0, -1) : all).every((group) => /^[\da-f]{1,4}$/i.test(group))
  return areGroups && (halves.length === 2 ? count < GROUPS : count === GROUPS)
}

/** RFC 5321, with a quoted local part and an address literal, too. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  return at > 0 && local.length <= LONGEST_LOCAL_PART && isLocalPart(local) && isDomain(domain)
}

function isLocalPart(local: string): boolean {
  if (local.startsWith('"'))
    return local.length > 1 && /^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"$/.test(local)
  return local.split('.').every((atom) => /^[\w!#$%&'*+/=?^`{|}~-]+$/.test(atom))
}

function isDomain(domain: string): boolean {
  if (!domain.startsWith('[') || !domain.endsWith(']')) return isHostname(domain) && !domain.endsWith('.')
  const address = domain.slice(1, -1)
  return /^ipv6:/i.test(address) ? isIpv6(address.slice(5)) : isIpv4(address)
}
