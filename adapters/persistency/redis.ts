import { createClient, DisconnectsClientError, ErrorReply, SocketTimeoutError } from '@redis/client'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Duration } from '../../src/engine/saga.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import type { Log } from '../../src/ports/runtime.ts'
import { addressOf, misconfigured } from './redis/address.ts'
import type { Address } from './redis/address.ts'
import type { ScriptAnswer, SentCall, Transport } from './redis/transport.ts'
import { RedisRefusal } from './redis/failure.ts'
import { RedisPersistency } from './redis/persistency.ts'
import type { RedisOptions, RedisSettings } from './redis/persistency.ts'
import { shortcomings } from './redis/settings-check.ts'
import { sleep, within } from '../timing.ts'

/** Settings of saga.json (C2.4), secrets still sealed. */
export interface TcpRedisSettings extends RedisSettings {
  readonly url: Closed
  /** TLS; only with a `url` that begins with rediss://. */
  readonly ssl?: Tls | undefined
}

interface Tls {
  readonly ca?: readonly Closed[] | undefined
  readonly key?: Closed | undefined
  readonly cert?: Closed | undefined
  readonly passphrase?: Closed | undefined
}

interface Closed {
  reveal(): string
}

/**
 * Opens a store in one Redis, or Valkey, over TCP. Throws `configuration-invalid` where the settings cannot be used.
 */
export function redisPersistency(
  { url, ssl, ...settings }: TcpRedisSettings,
  log: Pick<Log, 'write'>,
  options: Pick<RedisOptions, 'answer' | 'passOver'> = {},
): Persistency {
  const address = addressOf(url.reveal().trim())
  if (ssl !== undefined && !address.isSecure)
    throw misconfigured('"ssl" must stand beside a "url" that begins with rediss://')
  const place = {
    shown: `the store "redis" (${address.shown})`,
    secrets: address.secrets,
    login:
      'are user and password of "url" right, and may this user run scripts, and read and write all keys of "prefix"?',
    address: address.isSecure ? 'check "url" and "ssl": does it speak TLS?' : 'check "url"',
  }
  const { answer = DEFAULTS.answer } = options
  const tls = address.isSecure ? tlsOf(address, ssl) : undefined
  const transport = new TcpConnection(address.url, tls, answer)
  transport.onceConnected((info) => {
    for (const found of shortcomings(info))
      log.write('store.setting', { store: 'redis', address: address.shown, finding: found })
  })
  return new RedisPersistency({ name: 'redis', settings, transport, place, options })
}

type Socket = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['socket']>

/**
 * One connection for all calls, made by the first call and again after a loss. So a caller hears why there is no connection,
 * and no command waits in a queue of the client's, which would send it later unseen (P6).
 */
class TcpConnection implements Transport {
  readonly #client: ReturnType<typeof createClient>
  #opening: Promise<unknown> | undefined
  #nextAttempt = 0
  /** The client's last error since an attempt began. */
  #trouble: Error | undefined

  constructor(url: string, tls: ReturnType<typeof tlsOf> | undefined, answer: Duration) {
    const tuning = {
      connectTimeout: Math.min(DEFAULTS.connect, answer),
      // Also bounds the greeting: a frozen server still accepts connections. An idle connection is closed after it.
      socketTimeout: answer,
      reconnectStrategy: false,
    } as const
    const socket: Socket = tls === undefined ? tuning : { ...tuning, tls: true, ...tls }
    this.#client = createClient({ url, socket, disableOfflineQueue: true })
    this.#client.on('error', (trouble: Error) => (this.#trouble = trouble)) // the caller that waits gets the error
  }

  /** Calls `hear` once with the server's INFO, where the user may ask for it. */
  onceConnected(hear: (info: string) => void): void {
    const ask = () => this.#client.sendCommand(['INFO']).then(String)
    this.#client.once('ready', () => void ask().then(hear, () => undefined))
  }

  within(patience: Duration): (calls: readonly SentCall[]) => Promise<readonly ScriptAnswer[]> {
    return async (calls) => {
      const deadline = performance.now() + patience
      try {
        await within(patience, this.#opened(), noAnswer)
        const answers = Promise.all(calls.map((call) => this.#send(call)))
        return await within(deadline - performance.now(), answers, noAnswer)
      } catch (thrown) {
        // Answers come in order: after a missing one no other would be heard.
        if (thrown instanceof NoAnswer && this.#client.isReady) this.#client.destroy()
        throw plain(thrown)
      }
    }
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => undefined)
    this.#end()
  }

  /** Concurrent callers share one attempt. */
  async #opened(): Promise<void> {
    if (this.#client.isReady) return
    this.#opening ??= this.#attempt().finally(() => (this.#opening = undefined))
    await this.#opening
  }

  /** Bounds the rate of attempts: without it every retry of every saga would connect to a server in trouble. */
  async #attempt(): Promise<void> {
    const early = this.#nextAttempt - performance.now()
    if (early > 0) await sleep(early)
    this.#nextAttempt = performance.now() + APART
    this.#trouble = undefined
    await this.#client.connect()
    // The client reports success for a connection that broke during the greeting, as a server does that requires a
    // client certificate (TLS 1.3).
    if (this.#trouble === undefined) return
    this.#end()
    throw this.#trouble
  }

  #end(): void {
    if (this.#client.isOpen) this.#client.destroy()
  }

  /** Calls of one turn of the event loop become one write. */
  async #send({ script, keys, args, with: sent }: SentCall): Promise<ScriptAnswer> {
    const run = sent === 'hash' ? ['EVALSHA', script.sha] : ['EVAL', script.text]
    try {
      return { result: await this.#client.sendCommand([...run, String(keys.length), ...keys, ...args]) }
    } catch (thrown) {
      if (thrown instanceof ErrorReply) return { error: thrown.message }
      throw thrown
    }
  }
}

/** Milliseconds between two attempts to connect. */
const APART = 100

class NoAnswer extends Error {}

function noAnswer(): NoAnswer {
  return new NoAnswer('no answer in time')
}

/** The client's errors in our words, where its own describe the client. */
function plain(thrown: unknown): unknown {
  if (thrown instanceof ErrorReply) return new RedisRefusal(thrown.message) // answer to the greeting
  if (thrown instanceof SocketTimeoutError) return noAnswer()
  if (thrown instanceof DisconnectsClientError) return new NoAnswer('no answer: the connection was given up')
  return thrown
}

function tlsOf({ sni }: Address, { ca, key, cert, passphrase }: Tls = {}) {
  return {
    ...sni,
    ...(ca && { ca: ca.map((one) => one.reveal()) }),
    ...(key && { key: key.reveal() }),
    ...(cert && { cert: cert.reveal() }),
    ...(passphrase && { passphrase: passphrase.reveal() }),
  }
}
