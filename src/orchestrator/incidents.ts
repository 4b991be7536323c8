import type { Duration } from '../engine/saga.ts'
import type { LogCode } from '../ports/log-codes.ts'
import type { Cancel, Fields, Runtime } from '../ports/runtime.ts'

/** An incident that goes on is logged again after this much time, with the number of times it occurred. */
const LOG_AGAIN: Duration = 60_000
/** An incident ends when there was a success and no failure for this long. So a participant that refuses every tenth command is one incident. */
const QUIET: Duration = 5_000
/** Kinds that are kept apart in one group; further ones share the kind `others`. */
const MOST_KINDS = 16
/** Groups that are kept; beyond that, the oldest is dropped. */
const MOST_GROUPS = 256

/** A failure that may repeat. Two failures with the same group and kind are the same incident, whatever their fields. */
export interface Incident {
  readonly code: LogCode
  /** The thing that fails, such as a channel. */
  readonly group: string
  /** The way in which it fails, such as a status. */
  readonly kind: string
  readonly fields?: Fields | undefined
}

interface Occurrences {
  readonly code: LogCode
  lastAt: number
  loggedAt: number
  /** Since the last line in the log. */
  unlogged: number
  /** Since the incident began. */
  total: number
}

interface IncidentGroup {
  readonly kinds: Map<string, Occurrences>
  /** Monotonic instant of the last success. */
  succeededAt: number
  /** Monotonic instant at which the end of the incidents is checked. */
  checkAt: number
  cancel?: Cancel | undefined
}

/**
 * Keeps failures that repeat with every command or event from flooding the log. An incident is logged when it begins, counted
 * while it goes on, logged again with the count at most once a minute, and its end is logged once. Level `debug` shows every
 * occurrence.
 */
export class Incidents {
  readonly #runtime: Pick<Runtime, 'monotonic' | 'after' | 'log'>
  readonly #groups = new Map<string, IncidentGroup>()

  constructor(runtime: Pick<Runtime, 'monotonic' | 'after' | 'log'>) {
    this.#runtime = runtime
  }

  report({ code, group, kind, fields }: Incident): void {
    const { log } = this.#runtime
    const now = this.#runtime.monotonic()
    const { kinds } = this.#groupOf(group)
    const name = kinds.has(kind) || kinds.size < MOST_KINDS ? kind : 'others'
    const known = kinds.get(name)
    if (known === undefined || now - known.lastAt >= LOG_AGAIN) {
      kinds.set(name, { code, lastAt: now, loggedAt: now, unlogged: 0, total: 1 })
      return log.write(code, fields)
    }
    known.lastAt = now
    known.total++
    known.unlogged++
    if (now - known.loggedAt < LOG_AGAIN) return log.write(code, fields, 'debug')
    log.write(code, { ...fields, times: known.unlogged })
    known.loggedAt = now
    known.unlogged = 0
  }

  /**
   * Notes a success of this group. The end of each of its incidents is logged as `code` after a quiet period: with `fields`, the code and
   * the kind of the incident, and the number of times. Free of cost where there are none.
   */
  succeeded(name: string, code: LogCode, fields?: Fields): void {
    const group = this.#groups.get(name)
    if (group === undefined) return
    const now = this.#runtime.monotonic()
    group.succeededAt = now
    // A host may drop a timer together with the request that set it: an overdue one is set again.
    if (group.cancel !== undefined && now < group.checkAt + QUIET) return
    const check = (): void => {
      group.checkAt = this.#runtime.monotonic() + QUIET
      group.cancel = this.#runtime.after(QUIET, () => {
        group.cancel = undefined
        if (this.#endQuiet(name, code, fields)) check()
      })
    }
    group.cancel?.()
    check()
  }

  /** Cancels every timer; no end of an incident is logged any more. */
  close(): void {
    for (const name of this.#groups.keys()) this.#dropGroup(name)
  }

  /** Ends the incidents that are quiet. Returns true where another one had a success since and may end at the next check. */
  #endQuiet(name: string, code: LogCode, fields?: Fields): boolean {
    const group = this.#groups.get(name)
    if (group === undefined) return false
    const now = this.#runtime.monotonic()
    let checkAgain = false
    for (const [kind, { code: over, lastAt, total }] of group.kinds) {
      if (now - lastAt < QUIET) {
        checkAgain ||= lastAt <= group.succeededAt
        continue
      }
      group.kinds.delete(kind)
      this.#runtime.log.write(code, { ...fields, over, kind, times: total })
    }
    if (group.kinds.size === 0) this.#groups.delete(name)
    return checkAgain
  }

  #groupOf(name: string): IncidentGroup {
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    if (this.#groups.size >= MOST_GROUPS) this.#dropGroup(this.#groups.keys().next().value ?? '')
    const group: IncidentGroup = { kinds: new Map(), succeededAt: Number.NEGATIVE_INFINITY, checkAt: 0 }
    this.#groups.set(name, group)
    return group
  }

  #dropGroup(name: string): void {
    this.#groups.get(name)?.cancel?.()
    this.#groups.delete(name)
  }
}

/** The reason without its digits, at most 100 characters: ports, ids and durations do not make kinds of their own. */
export function kindOfReason(why: string): string {
  return why.slice(0, 100).replaceAll(/\d+/g, '#')
}
