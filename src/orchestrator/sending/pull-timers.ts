import type { Duration } from '../../engine/saga.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'

/** One timer for each name: the earliest instant that was set. */
export class PullTimers {
  readonly #runtime: Pick<Runtime, 'monotonic' | 'after'>
  readonly #timers = new Map<string, { readonly at: number; readonly cancel: Cancel }>()

  constructor(runtime: Pick<Runtime, 'monotonic' | 'after'>) {
    this.#runtime = runtime
  }

  /** Runs `pull` after `wait`, unless it runs earlier already. An infinite wait sets nothing. */
  set(name: string, wait: Duration, pull: () => void): void {
    if (!Number.isFinite(wait)) return
    const at = this.#runtime.monotonic() + wait
    const known = this.#timers.get(name)
    if (known !== undefined && known.at <= at) return
    known?.cancel()
    const cancel = this.#runtime.after(Math.max(1, Math.ceil(wait)), () => {
      this.#timers.delete(name)
      pull()
    })
    this.#timers.set(name, { at, cancel })
  }
}
