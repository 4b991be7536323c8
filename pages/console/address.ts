/** A place in the page: the segments of its path, and its parameters. */
export interface Place {
  readonly segments: readonly string[]
  readonly query: Readonly<Record<string, string>>
}

/** The place of an address: `#/sagas/a%2Fb?has=owed`. */
export function placeOf(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2)
  return {
    segments: path
      .split('/')
      .filter((part) => part !== '')
      .map(decoded),
    query: Object.fromEntries(new URLSearchParams(search)),
  }
}

/** The address of a place; empty parameters are left out. */
export function addressOf(
  segments: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
  )
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
  return `#/${segments.map((part) => encoded(part)).join('/')}${search}`
}

/** A text as one segment of a path. Lone surrogates, which a JSON text may hold, become U+FFFD. */
export function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
