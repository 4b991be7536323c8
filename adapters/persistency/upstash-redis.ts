import type { SagaDocument } from '../../src/codec/document.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Change, Duration, EventId, Instant, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError, messageOf } from '../../src/errors.ts'
import { Group } from '../../src/group.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { Client } from './upstash-redis/client.ts'
import type { Answer, Call } from './upstash-redis/client.ts'
import { Failures, Refused } from './upstash-redis/failure.ts'
import { Keys } from './upstash-redis/keys.ts'
import { List } from './upstash-redis/list.ts'
import { Pipeline } from './upstash-redis/pipeline.ts'
import { Reader } from './upstash-redis/read.ts'
import type { Ask } from './upstash-redis/read.ts'
import { REMOVE, TIME } from './upstash-redis/scripts.ts'
import { encodeSave, METADATA_LIMIT, sizeOf, verdict } from './upstash-redis/write.ts'

/** What a saga.json says of it (C2.4), secrets still closed. */
export interface UpstashRedisSettings {
  readonly url: { reveal(): string }
  readonly token: { reveal(): string }
  readonly prefix: string
  /** Final sagas that owe nothing leave by themselves so long after their last write. Default: they stay. */
  readonly keepFinal?: Duration | undefined
}

export interface UpstashRedisOptions {
  /** Until an answer must be there. Default: `DEFAULTS.answer`. */
  readonly answer?: Duration | undefined
  /**
   * Whether saves that meet go in one request. Default: true. Not on workerd, where a request that is cancelled takes with it
   * what others have put into its own.
   */
  readonly group?: boolean | undefined
}

/** Sagas in a Redis that Upstash's REST protocol leads to, on any runtime. Throws where the settings cannot be used. */
export function upstashRedisPersistency(
  settings: UpstashRedisSettings,
  fetch: Fetch,
  options: UpstashRedisOptions = {},
): Persistency {
  return new UpstashRedisPersistency(settings, fetch, options)
}

class UpstashRedisPersistency implements Persistency {
  readonly name = 'upstash-redis'
  readonly can: Capabilities
  readonly #keys: Keys
  readonly #failures: Failures
  readonly #client: Client
  readonly #read: Reader
  readonly #group: Group<Call, Answer>
  readonly #isGrouping: boolean
  readonly #keepFinal: Duration | undefined
  #open = true

  constructor(settings: UpstashRedisSettings, fetch: Fetch, options: UpstashRedisOptions) {
    const { answer = DEFAULTS.answer, group = true } = options
    const token = settings.token.reveal().trim()
    const { url, secrets } = addressOf(settings.url.reveal().trim())
    this.#failures = new Failures([token, ...secrets])
    this.#keys = new Keys(settings.prefix)
    this.#client = new Client({ url, token, fetch, answer })
    this.#keepFinal = settings.keepFinal
    const read: Ask = (script, keys, args) => this.#ask('read', { script, keys, args })
    this.#read = new Reader(this.#keys, read, settings.keepFinal)
    this.#isGrouping = group
    const pipeline = new Pipeline({
      client: this.#client,
      hasty: new Client({ url, token, fetch, answer: answer / 4 }),
      early: answer / 2,
      fail: (thrown) => this.#failures.of(`save to ${STORE}`, thrown),
    })
    this.#group = new Group({
      send: (calls) => pipeline.send(calls),
      soon,
      lanes: LANES,
      most: MOST,
      weight: { of: sizeOf, most: LARGEST },
      now: () => performance.now(),
      lapsed: (_, waited) => (waited < answer * PATIENCE ? undefined : late()),
    })
    const list = new List(this.#keys, (script, keys, args) => this.#ask('list', { script, keys, args }))
    this.can = {
      compareAndSet: 'always',
      shared: true,
      growth: 'append',
      recovery: { by: 'sweep', findDue: (now, limit) => this.#read.due(now, limit) },
      list: { page: (query) => list.page(query) },
      removal: { removeFinal: (before, limit) => this.#removeFinal(before, limit) },
      adoption: false,
      limit: METADATA_LIMIT,
    }
  }

  load(id: SagaId): Promise<Loaded | undefined> {
    return this.#read.head(id)
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    if (!this.#open) throw closed()
    const call = encodeSave(this.#keys, change, next, basis, this.#keepFinal)
    if ('kind' in call) return call
    if (!this.#isGrouping) return verdict(await this.#ask('save to', call), change)
    return verdict(this.#resultOf(`save to ${STORE}`, await this.#group.add(call)), change)
  }

  applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return this.#read.applied(id, event, label)
  }

  document(id: SagaId): Promise<SagaDocument | undefined> {
    return this.#read.document(id)
  }

  async probe(): Promise<Health> {
    try {
      const time = await this.#ask('ask the time of', { script: TIME, keys: [this.#keys.probe], args: [] })
      const [seconds, micros] = time as [string, string]
      return { ok: true, time: Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000) }
    } catch (thrown) {
      return { ok: false, why: messageOf(thrown) }
    }
  }

  /** What was asked for before is written first. */
  async close(): Promise<void> {
    this.#open = false
    await this.#group.drain()
  }

  async #removeFinal(before: Instant, limit: number): Promise<number> {
    const { final, all, sagas, entities } = this.#keys
    for (let removed = 0; ;) {
      const most = Math.min(REMOVED_AT_ONCE, limit - removed)
      const args = [sagas, entities, String(before), String(most)]
      const [seen, gone] = (await this.#ask('remove from', { script: REMOVE, keys: [final, all], args })) as number[]
      removed += gone ?? 0
      if (seen !== most || removed === limit) return removed
    }
  }

  async #ask(action: string, call: Call): Promise<unknown> {
    if (!this.#open) throw closed()
    try {
      const [answer] = await this.#client.run([call])
      return this.#resultOf(`${action} ${STORE}`, answer as Answer)
    } catch (thrown) {
      throw this.#failures.of(`${action} ${STORE}`, thrown)
    }
  }

  #resultOf(action: string, answer: Answer): unknown {
    if ('error' in answer) throw this.#failures.of(action, new Refused(answer.error))
    return answer.result
  }
}

/** Calls in one request, and their estimated size: Upstash takes requests of 10 MB. */
const MOST = 128
const LARGEST = 1_000_000
/** Requests under way at once. */
const LANES = 4
/** Share of the time-out that a save may wait for its turn. Its fate is known, so it is not sent after that. */
const PATIENCE = 0.9
/** The next turn of the event loop, so that what is asked for in this one goes together; or soon, where a host has no turns. */
const soon = (globalThis as { setImmediate?: (run: () => void) => unknown }).setImmediate ?? setTimeout
const STORE = 'the store "upstash-redis"'
/** Nobody else is served while sagas are taken away. */
const REMOVED_AT_ONCE = 100

function closed(): BatutaError {
  return new BatutaError('store-unavailable', `use ${STORE}: it is closed`)
}

function late(): BatutaError {
  const why = 'the requests before it took all its time, so it was not sent; is the database there, and well?'
  return new BatutaError('store-unavailable', `save to ${STORE}: ${why}`)
}

/** Where requests go, and what of it no message may show. */
function addressOf(text: string): { readonly url: string; readonly secrets: readonly string[] } {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    const what = '"url" must be an address that begins with https:// or http://, with the port if it is another one'
    throw new BatutaError('configuration-invalid', `open ${STORE}: ${what}`)
  }
  const { origin, pathname, host, hostname } = url
  return { url: origin + pathname.replace(/\/+$/, ''), secrets: [text, host, hostname] }
}
