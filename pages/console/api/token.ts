const KEY = 'batuta.token'

/** The token of this tab: kept until the tab is closed, and sent to the page's own service only. */
export function token(): string {
  return sessionStorage.getItem(KEY) ?? ''
}

/** Keeps a token for this tab; an empty one is forgotten. */
export function keepToken(value: string): void {
  if (value === '') sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, value)
}

/** The header of the token; none where no token is given. */
export function authorization(): Readonly<Record<string, string>> {
  const value = token()
  return value === '' ? {} : { authorization: `Bearer ${value}` }
}
