import { BatutaError } from '../../../src/errors.ts'

/** A Redis that is spoken to over TCP, and what of it no message may show. */
export interface Address {
  readonly url: string
  /** Host, port and database. */
  readonly shown: string
  readonly isSecure: boolean
  /** What TLS is told of the host, since Node tells nothing by itself; nothing where it is a number. */
  readonly sni: { readonly servername?: string }
  readonly secrets: readonly string[]
}

/** Reads the "url" of a saga.json. Throws a sentence that does not hold it. */
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
    // A user without a password may be a password at the wrong place. What is shorter is part of any word.
    secrets: [text, ...(password === '' ? [url.username, user] : [url.password, password])].filter(isLong),
  }
}

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
