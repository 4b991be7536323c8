import type { Duration } from '../../../src/engine/saga.ts'
import type { BatutaError } from '../../../src/errors.ts'
import type { ScriptAnswer, ScriptCall, RunScripts } from './transport.ts'
import { RedisRefusal } from './failure.ts'

/** Options of `Pipeline`. */
export interface PipelineOptions {
  readonly run: RunScripts
  /** The same with a shorter time-out, for single calls of a group that failed. */
  readonly hasty: RunScripts
  /** Milliseconds: a group that fails earlier leaves time to send its calls one by one. */
  readonly early: Duration
  readonly fail: (thrown: unknown) => BatutaError
}

type SettledCall = PromiseSettledResult<ScriptAnswer>

/**
 * Sends the calls of a group in one request. Each call has its own answer, so a group may hold anything, creations too.
 */
export class Pipeline {
  readonly #options: PipelineOptions

  constructor(options: PipelineOptions) {
    this.#options = options
  }

  async send(calls: readonly ScriptCall[]): Promise<readonly SettledCall[]> {
    const { run, early, fail } = this.#options
    const since = performance.now()
    try {
      return (await run(calls)).map((value) => ({ status: 'fulfilled', value }))
    } catch (thrown) {
      if (calls.length > 1 && performance.now() - since < early) return this.#oneByOne(calls)
      throw fail(thrown)
    }
  }

  /**
   * Call by call, so that one bad call does not fail the others (P20). Where the first call gets no answer, the store is down,
   * and the others are not tried.
   */
  async #oneByOne([first, ...others]: readonly ScriptCall[]): Promise<readonly SettledCall[]> {
    const { fail } = this.#options
    const told = await this.#alone(first as ScriptCall)
    if (told.status === 'rejected' && !(told.reason instanceof RedisRefusal)) throw fail(told.reason)
    const all = [told, ...(await Promise.all(others.map((call) => this.#alone(call))))]
    return all.map((one) => (one.status === 'rejected' ? { ...one, reason: fail(one.reason) } : one))
  }

  async #alone(call: ScriptCall): Promise<SettledCall> {
    const run = async () => (await this.#options.hasty([call]))[0] as ScriptAnswer
    return (await Promise.allSettled([run()]))[0]
  }
}
