/*
 * The headers of a body are read by hand: a pattern that allows white space in two places takes quadratic time on a long run of
 * blanks.
 */

/**
 * True if a `content-type` names JSON: `application/json`, or `application/<name>+json`. Parameters have no effect on JSON
 * (RFC 8259 §11). A header that was sent twice arrives joined by a comma; each of its values must name JSON.
 */
export function isJsonType(header: string): boolean {
  if (header === 'application/json') return true
  return valuesOf(header).every((value) => {
    const [type = ''] = value.split(';', 1)
    return isJson(type.trim().toLowerCase())
  })
}

/** The content codings of a `content-encoding` that change the bytes: all but `identity`. */
export function codingsOf(header: string): readonly string[] {
  return valuesOf(header)
    .map((value) => value.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
}

const [APPLICATION, JSON_SUFFIX] = ['application/', '+json']

function isJson(type: string): boolean {
  if (type === 'application/json') return true
  const isSuffixed = type.startsWith(APPLICATION) && type.endsWith(JSON_SUFFIX)
  return isSuffixed && isToken(type.slice(APPLICATION.length, -JSON_SUFFIX.length))
}

/** A name as RFC 6838 §4.2 allows it. */
function isToken(name: string): boolean {
  return /^[\w.!#$&^+-]+$/.test(name)
}

/** The values of a list header; a comma within quotes separates nothing. */
function valuesOf(header: string): readonly string[] {
  const values: string[] = []
  let from = 0
  let isQuoted = false
  for (let at = 0; at < header.length; at++) {
    const character = header[at]
    if (isQuoted && character === '\\') at++
    else if (character === '"') isQuoted = !isQuoted
    else if (character === ',' && !isQuoted) {
      values.push(header.slice(from, at))
      from = at + 1
    }
  }
  values.push(header.slice(from))
  return values
}
