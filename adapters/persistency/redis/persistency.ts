import { findDueInOrder, findOwingInOrder } from '../../../src/codec/find-due.ts'
import type { FindInOrder } from '../../../src/codec/find-due.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Duration, EventId, Saga, SagaId } from '../../../src/engine/saga.ts'
import type { BatutaError } from '../../../src/errors.ts'
import { reasonOf } from '../../../src/errors.ts'
import { GroupCommit } from '../../../src/group-commit.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, PassOver, Persistency, Saved } from '../../../src/ports/persistency.ts'
import { runsThrough } from './transport.ts'
import type { ScriptAnswer, ScriptCall, RunScripts, Transport } from './transport.ts'
import { RedisFailures, RedisRefusal } from './failure.ts'
import type { RedisLabel } from './failure.ts'
import { RedisKeys } from './keys.ts'
import { RedisCounts } from './counts.ts'
import { RedisDue } from './due.ts'
import { RedisList } from './list.ts'
import { Pipeline } from './write.ts'
import { probeTime } from './probe.ts'
import { RedisReader } from './read.ts'
import type { AskScript } from './read.ts'
import { RedisRecords } from './records.ts'
import { RedisRemoval } from './removal.ts'
import { encodeSave, METADATA_LIMIT, sizeOf, scriptVerdict } from './encode.ts'

/** Settings that both Redis stores share. */
export interface RedisSettings {
  readonly prefix: string
  /** Milliseconds after their last write at which final sagas that owe nothing expire. Default: never. */
  readonly keepFinal?: Duration | undefined
}

/** Options of `RedisPersistency`. */
export interface RedisOptions {
  /** Milliseconds until an answer must be there. Default: `DEFAULTS.answer`. */
  readonly answer?: Duration | undefined
  /**
   * True if concurrent saves share a request. Default: true. Not on workerd, where a cancelled request takes with it what other
   * requests put into it.
   */
  readonly group?: boolean | undefined
  /** Called for sagas that cannot be read. */
  readonly passOver?: PassOver | undefined
  /** Called with work that goes on after an answer, for hosts that end it with the request. Default: nothing is done. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

interface RedisParts {
  readonly name: string
  readonly settings: RedisSettings
  readonly transport: Transport
  readonly place: RedisLabel
  readonly options: RedisOptions
}

/** A store in a Redis. Both transports write the same bytes. */
export class RedisPersistency implements Persistency {
  readonly name: string
  readonly can: Capabilities
  readonly #keys: RedisKeys
  readonly #failures: RedisFailures
  readonly #transport: Transport
  readonly #run: RunScripts
  readonly #read: RedisReader
  readonly #group: GroupCommit<ScriptCall, ScriptAnswer>
  readonly #isGrouping: boolean
  readonly #keepFinal: Duration | undefined
  #open = true

  constructor({ name, settings, transport, place, options }: RedisParts) {
    const { answer = DEFAULTS.answer, group = true, passOver = () => undefined, waitUntil = () => undefined } = options
    this.name = name
    this.#failures = new RedisFailures(place)
    this.#keys = new RedisKeys(settings.prefix)
    this.#transport = transport
    this.#run = runsThrough(transport, answer)
    this.#keepFinal = settings.keepFinal
    const keys = this.#keys
    const ask = this.#asks('read')
    this.#read = new RedisReader({ name, keys, ask, passOver })
    const due = new RedisDue({ keys, ask, keepFinal: settings.keepFinal, passOver })
    const removal = new RedisRemoval(keys, this.#asks('remove from'))
    this.#isGrouping = group
    const pipeline = new Pipeline({
      run: this.#run,
      hasty: runsThrough(transport, answer / 4),
      early: answer / 2,
      fail: (thrown) => this.#failures.of('save to', thrown),
    })
    this.#group = new GroupCommit({
      send: (calls) => pipeline.send(calls),
      soon,
      lanes: LANES,
      most: MOST,
      weight: { of: sizeOf, most: LARGEST },
      now: () => performance.now(),
      lapsed: (_, waited) => (waited < answer * PATIENCE ? undefined : this.#failures.because('save to', LATE)),
    })
    const list = new RedisList(keys, this.#asks('list'), passOver)
    const counts = new RedisCounts({ keys, ask: this.#asks('count in'), waitUntil })
    const find: FindInOrder<Loaded> = (...asked) => due.find(...asked)
    this.can = {
      compareAndSet: 'always',
      shared: true,
      growth: 'append',
      recovery: {
        by: 'sweep',
        findDue: (now, limit, after) => findDueInOrder(find, { now, limit, after }),
        findOwing: (limit, after) => findOwingInOrder(find, limit, after),
      },
      list: { page: (query) => list.page(query) },
      removal: { removeFinal: (before, limit) => removal.removeFinal(before, limit) },
      counts: { count: (query) => counts.count(query) },
      records: new RedisRecords(keys, this.#asks('use the records of')),
      adoption: false,
      limit: METADATA_LIMIT,
    }
  }

  load(id: SagaId): Promise<Loaded | undefined> {
    return this.#read.head(id)
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    if (!this.#open) throw this.#closed()
    const call = encodeSave({ change, next, basis }, this.#keys, this.#keepFinal)
    if ('kind' in call) return call
    if (!this.#isGrouping) return scriptVerdict(await this.#ask('save to', call), change)
    return scriptVerdict(this.#resultOf('save to', await this.#group.add(call)), change)
  }

  applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return this.#read.applied(id, event, label)
  }

  document(id: SagaId): Promise<SagaDocument | undefined> {
    return this.#read.document(id)
  }

  async probe(): Promise<Health> {
    try {
      const time = await probeTime(this.#keys, this.#asks('ask the time of'))
      return { ok: true, hasWritten: true, time }
    } catch (thrown) {
      return { ok: false, why: reasonOf(thrown) }
    }
  }

  /** Saves that wait are sent first. */
  async close(): Promise<void> {
    this.#open = false
    await this.#group.drain()
    await this.#transport.close()
  }

  /** Runs a script under this action, which messages name. */
  #asks(action: string): AskScript {
    return (script, keys, args) => this.#ask(action, { script, keys, args })
  }

  async #ask(action: string, call: ScriptCall): Promise<unknown> {
    if (!this.#open) throw this.#closed()
    try {
      const [answer] = await this.#run([call])
      return this.#resultOf(action, answer as ScriptAnswer)
    } catch (thrown) {
      throw this.#failures.of(action, thrown)
    }
  }

  #resultOf(action: string, answer: ScriptAnswer): unknown {
    if ('error' in answer) throw this.#failures.of(action, new RedisRefusal(answer.error))
    return answer.result
  }

  #closed(): BatutaError {
    return this.#failures.because('use', 'it is closed')
  }
}

/** Calls of one request, and their characters: Upstash accepts requests of 10 MB. */
const MOST = 128
const LARGEST = 1_000_000
/** Requests in flight at once. */
const LANES = 4
/** Share of the time-out that a save may wait unsent. After that it is not sent, so its fate stays known. */
const PATIENCE = 0.9
/** The next turn of the event loop, so that calls of one turn share a request; a timer where the host has no turns. */
const soon = (globalThis as { setImmediate?: (run: () => void) => unknown }).setImmediate ?? setTimeout
const LATE = 'earlier requests took its whole time-out, so it was not sent; is the database overloaded?'
