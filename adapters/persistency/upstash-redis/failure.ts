import { BatutaError, messageOf } from '../../../src/errors.ts'

/** Redis, or what stands before it, has answered that it will not. */
export class Refused extends Error {}

/** Makes one sentence of whatever came back, without what is secret. */
export class Failures {
  readonly #secrets: readonly string[]

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret !== '')
  }

  of(action: string, thrown: unknown): BatutaError {
    if ((thrown as { code?: unknown } | undefined)?.code === 'store-unavailable') return thrown as BatutaError
    const said = this.#hide(sentence(thrown))
    return new BatutaError('store-unavailable', `${action}: ${said}${advice(said, thrown)}`, thrown)
  }

  #hide(text: string): string {
    return this.#secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  }
}

/** What to do where it will not pass by itself. */
function advice(said: string, thrown: unknown): string {
  if (!(thrown instanceof Refused)) return /ENOTFOUND|CERT|SSL|TLS/i.test(said) ? '; check "url"' : ''
  if (/^40[13]\b|NOPERM|NOAUTH|WRONGPASS/.test(said)) return '; check "token": it must be the one that may write'
  return /^(2|3|404|405)/.test(said) ? '; check "url"' : ''
}

/** A platform's fetch says "fetch failed", and why in the cause. */
function sentence(thrown: unknown): string {
  const { cause, errors } = (thrown ?? {}) as { cause?: unknown; errors?: unknown[] }
  const inner = cause ?? errors?.[0]
  const said = messageOf(thrown)
  if (inner === undefined || said.includes(messageOf(inner))) return said
  return said === '' ? sentence(inner) : `${said}: ${sentence(inner)}`
}
