import { BatutaError, reasonOf } from '../../../src/errors.ts'

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
    const reason = reasonOf(thrown)
    const said = this.#hide(reason)
    // Whoever prints the cause prints its message, and those of its own causes.
    const cause = said === reason ? thrown : undefined
    return new BatutaError('store-unavailable', `${action}: ${said}${advice(said, thrown)}`, cause)
  }

  #hide(text: string): string {
    return this.#secrets.reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text)
  }
}

/** What to do. */
function advice(said: string, thrown: unknown): string {
  if (!(thrown instanceof Refused)) return /no answer|RESET|socket/i.test(said) ? UNWELL : '; check "url"'
  if (/^40[13]\b|NOPERM|NOAUTH|WRONGPASS|ACL|can't run this/.test(said))
    return '; check "token": it must be the one that may write'
  if (said.includes('OOM')) return '; the database is full'
  if (said.includes('READONLY')) return '; "url" must be that of a database that can be written'
  if (/limit exceeded/i.test(said)) return "; the database's plan allows no more"
  if (said.startsWith('5')) return UNWELL
  return /^(2|3|404|405)/.test(said) ? '; check "url"' : ''
}

const UNWELL = '; is the database at "url" there, and well?'
