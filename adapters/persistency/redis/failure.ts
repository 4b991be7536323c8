import { BatutaError, reasonOf } from '../../../src/errors.ts'

/** An error answer of Redis, or of what stands before it. */
export class RedisRefusal extends Error {}

/** The server in messages, and what they must not contain. */
export interface RedisLabel {
  /** Name and address, as messages show them. */
  readonly shown: string
  readonly secrets: readonly string[]
  /** Advice for a login that is refused, and for a server that does not answer. */
  readonly login: string
  readonly address: string
}

/** Turns errors into messages with advice and without secrets. */
export class RedisFailures {
  readonly #place: RedisLabel
  readonly #secrets: readonly string[]

  constructor(place: RedisLabel) {
    this.#place = place
    this.#secrets = place.secrets.filter((secret) => secret !== '')
  }

  /** `action`: what was done to the store, such as `save to`. */
  of(action: string, thrown: unknown): BatutaError {
    if ((thrown as { code?: unknown } | undefined)?.code === 'store-unavailable') return thrown as BatutaError
    const reason = reasonOf(thrown)
    const shown = this.#hide(reason)
    const said = shown.replace(OF_REDIS, '')
    // A printed cause prints its message and those of its own causes.
    const cause = shown === reason ? thrown : undefined
    return this.because(action, `${said}${this.#advice(said, thrown)}`, cause)
  }

  because(action: string, why: string, cause?: unknown): BatutaError {
    return new BatutaError('store-unavailable', `${action} ${this.#place.shown}: ${why}`, cause)
  }

  #hide(text: string): string {
    return this.#secrets.reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text)
  }

  /** Advice for the reader of the message. */
  #advice(said: string, thrown: unknown): string {
    const { login, address } = this.#place
    if (!(thrown instanceof RedisRefusal)) return /no answer|RESET|socket/i.test(said) ? UNWELL : `; ${address}`
    if (/^40[13]\b|NOPERM|AUTH\b|WRONGPASS|ACL|can't run this/.test(said)) return `; ${login}`
    if (said.includes('OOM')) return '; the database is full'
    if (said.includes('READONLY')) return '; "url" must be that of a database that can be written'
    if (said.includes('DB index')) return `; ${address}`
    if (/^(MOVED|CROSSSLOT|CLUSTERDOWN)\b/.test(said)) return '; "url" must be that of one Redis, not of a cluster'
    if (/limit exceeded/i.test(said)) return "; the database's plan allows no more"
    if (said.startsWith('5')) return UNWELL
    return /^(2|3|404|405)/.test(said) ? `; ${address}` : ''
  }
}

/** Redis's note for the script's author, and its full stop: advice follows. */
const OF_REDIS = /(?:[.,]? script: \w+ ?, on @user_script:\d+)?\.?$/
const UNWELL = '; is the database at "url" running and reachable?'
