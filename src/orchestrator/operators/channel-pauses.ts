import { DEFAULTS } from '../../defaults.ts'
import type { Instant } from '../../engine/saga.ts'
import type { RecordStore } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { newestPauseEnd, pauseEndKey, pauseEndPrefix, pauseKey } from './pause-keys.ts'
import type { OpenRecords } from './record-watch.ts'
import type { ChannelState } from '../sending/relay.ts'

/** The channels of one process. */
export interface PausableChannels {
  /** Queues and circuits are absent where they are those of single requests or objects. */
  channels(): readonly PausableChannel[]
  pause(channel: string): boolean
  /** Ends a pause, if there is one. `end`: when it ended, by the clock of the process that ended it. Default: now. */
  resume(channel: string, end?: Instant): boolean
}

/** A channel of one process. */
export type PausableChannel = Pick<ChannelState, 'channel' | 'isPaused'> &
  Partial<Pick<ChannelState, 'circuit' | 'waiting' | 'underWay'>>

/** A pause as its record has it. */
export interface ChannelPause {
  readonly since: Instant
  readonly operator: string
  readonly reason: string
}

/** A channel of saga.json as operators see it. */
export type ChannelShown = PausableChannel & { readonly pause?: ChannelPause | undefined }

/** Options of `ChannelPauses`. */
export interface ChannelPausesOptions {
  readonly records: RecordStore
  readonly process: PausableChannels
  readonly runtime: Runtime
}

/** Ends of one channel's pauses that a `resume` removes at once; there is one, unless processes were killed. */
const MOST_ENDS = 100

/** Pauses of channels: a record each, which every process of the store carries out as soon as it sees it. */
export class ChannelPauses {
  readonly #options: ChannelPausesOptions
  /** Monotonic instants of the newest changes through this process; while one is under way, its latest end. */
  readonly #changed = new Map<string, number>()
  /** The end of each channel's last pause, as of the newest look. */
  readonly #ends = new Map<string, Instant>()

  constructor(options: ChannelPausesOptions) {
    this.#options = options
  }

  /**
   * Pauses the channels that have a record, and no others. The others learn when their last pause ended, since this process may have
   * begun after it. A channel that this process has changed since the records were read is left as it is: else a paused one would
   * send until the next look.
   */
  carryOut({ keys, asOf }: OpenRecords): void {
    const { process, runtime } = this.#options
    for (const { channel, isPaused } of process.channels()) {
      const isWanted = keys.includes(pauseKey(channel))
      if ((this.#changed.get(channel) ?? Number.NEGATIVE_INFINITY) >= asOf) continue
      const end = this.#newEnd(channel, keys)
      if (isWanted && !isPaused) process.pause(channel)
      if (!isWanted && (isPaused || end !== undefined)) process.resume(channel, end)
      if (isWanted === isPaused) continue
      runtime.log.write(isWanted ? 'channel.paused' : 'channel.resumed', { channel })
    }
  }

  /** Ids of the channels that are paused in this process. */
  paused(): readonly string[] {
    return this.#options.process
      .channels()
      .filter(({ isPaused }) => isPaused)
      .map(({ channel }) => channel)
  }

  /** The channels of saga.json; those of the queues are this process's alone. */
  async all(): Promise<readonly ChannelShown[]> {
    const { process } = this.#options
    return Promise.all(
      process.channels().map(async (state) => {
        const pause = await this.#pauseOf(state.channel)
        return pause === undefined ? { ...state, isPaused: false } : { ...state, isPaused: true, pause }
      }),
    )
  }

  /** The first pause of a channel counts until it is resumed. `undefined` where saga.json has no such channel. */
  async pause(channel: string, by: Pick<ChannelPause, 'operator' | 'reason'>): Promise<ChannelPause | undefined> {
    const { process, records, runtime } = this.#options
    if (!process.channels().some((one) => one.channel === channel)) return undefined
    const pause: ChannelPause = { since: runtime.wallClock(), ...by }
    const isFirst = await this.#changing(channel, async () => {
      const written = await records.write(pauseKey(channel), JSON.stringify(pause), 'absent')
      process.pause(channel)
      return written !== undefined
    })
    if (isFirst) runtime.log.write('channel.paused', { channel, ...by })
    return isFirst ? pause : ((await this.#pauseOf(channel)) ?? pause)
  }

  /** False where saga.json has no such channel. A channel that is not paused stays as it is. */
  async resume(channel: string, by: Pick<ChannelPause, 'operator' | 'reason'>): Promise<boolean> {
    const { process, records, runtime } = this.#options
    if (!process.channels().some((one) => one.channel === channel)) return false
    const wasPaused = await this.#changing(channel, async () => {
      const record = await records.read(pauseKey(channel))
      const end = runtime.wallClock()
      // Before the removal: processes that begin after a crash in between find the channel paused.
      if (record !== undefined) await this.#writeEnd(channel, end)
      await records.remove(pauseKey(channel))
      process.resume(channel, record && end)
      return record !== undefined
    })
    if (wasPaused) runtime.log.write('channel.resumed', { channel, ...by })
    return true
  }

  /** The end of the last pause, where it is another one than at the look before; never one to come: that clock is ahead (P23). */
  #newEnd(channel: string, keys: readonly string[]): Instant | undefined {
    const end = newestPauseEnd(channel, keys)
    if (end === undefined || end === this.#ends.get(channel)) return undefined
    this.#ends.set(channel, end)
    return Math.min(end, this.#options.runtime.wallClock())
  }

  /** Keeps this end alone: the others are of pauses before it, whatever the clocks of their processes said. */
  async #writeEnd(channel: string, end: Instant): Promise<void> {
    const { records } = this.#options
    const former = await records.keys(pauseEndPrefix(channel), MOST_ENDS)
    const newest = pauseEndKey(channel, end)
    await records.write(newest, '{}', 'absent')
    for (const key of former) if (key !== newest) await records.remove(key)
  }

  async #changing<T>(channel: string, change: () => Promise<T>): Promise<T> {
    const { runtime } = this.#options
    // A host may end the request of a change without a word.
    this.#changed.set(channel, runtime.monotonic() + DEFAULTS.lostRequest)
    try {
      return await change()
    } finally {
      this.#changed.set(channel, runtime.monotonic())
    }
  }

  async #pauseOf(channel: string): Promise<ChannelPause | undefined> {
    const record = await this.#options.records.read(pauseKey(channel))
    return record && (JSON.parse(record.text) as ChannelPause)
  }
}
