import { BatutaError } from '../../../src/errors.ts'

/** Address of a Redis over TCP, and the parts of it that no message may show. */
export interface Address {
  readonly url: string
  /** Host, port and database, as messages show them. */
  readonly shown: string
  readonly isSecure: boolean
  /** Server name for TLS, which Node does not send by itself; empty for an IP address. */
  readonly sni: { readonly servername?: string }
  readonly secrets: readonly string[]
}

/** Reads the "url" of saga.json. Throws `configuration-invalid`, without the value. */
export function addressOf(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const user = decoded(url?.username)
  const password = decoded(url?.password)
  if (url === undefined || !isOfRedis(url) || user === undefined || password === undefined)
    throw misconfigured(EXPECTED)
  const { hostname, port, pathname, protocol } = url
  return {
    url: text,
    shown: `${hostname}:${port || '6379'}/${pathname.slice(1) || '0'}`,
    isSecure: protocol === 'rediss:',
    sni: /^[\d.]+$|:/.test(hostname) ? {} : { servername: hostname },
    // A user without a password may be a misplaced password. Shorter texts are part of any word.
    secrets: [text, ...(password === '' ? [url.username, user] : [url.password, password])].filter(isLong),
  }
}

/** The error `configuration-invalid` for the URL of a Redis; the URL is not shown. */
export function misconfigured(expected: string): BatutaError {
  return new BatutaError('configuration-invalid', `open the store "redis": ${expected}`)
}

function isOfRedis({ protocol, hostname, pathname, search, hash }: URL): boolean {
  const isWhole = hostname !== '' && /^\/?\d*$/.test(pathname) && search === '' && hash === ''
  return isWhole && (protocol === 'redis:' || protocol === 'rediss:')
}

function isLong(secret: string): boolean {
  return secret.length > 2
}

function decoded(text = ''): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const EXPECTED =
  '"url" must be redis://user:password@host:port/database, or rediss:// for TLS, in user and password %XX for / : @ ? # % and blanks'
