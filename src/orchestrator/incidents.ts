import type { Duration } from '../engine/saga.ts'
import type { Cancel, Fields, Runtime } from '../ports/runtime.ts'

/** How often what goes on is told again, with how often it happened meanwhile. */
const AGAIN: Duration = 60_000
/** It is over when it went well and did not happen for so long: a participant that refuses every tenth command is no news each time. */
const QUIET: Duration = 5_000
/** Of one group; what is more is told together. */
const KINDS = 16
/** Groups that are remembered; the oldest go first. */
const GROUPS = 256

/** What is told: the same kind of one group is one thing, whatever its fields. */
export interface Incident {
  readonly level: 'warn' | 'error'
  /** What has it, such as a channel. */
  readonly group: string
  /** What it is, such as a status. */
  readonly kind: string
  readonly message: string
  readonly fields?: Fields | undefined
}

interface Spell {
  last: number
  toldAt: number
  /** How often since it was told last, and since it began. */
  untold: number
  times: number
}

interface Group {
  readonly spells: Map<string, Spell>
  /** When it went well last. */
  well: number
  /** Monotonic instant at which it is looked whether it is over. */
  looks: number
  cancel?: Cancel | undefined
}

/**
 * Troubles that happen once for every command or event while something is away. Each is told when it begins, counted while it
 * goes on, told again with the count at most once a minute, and told once when it is over; the level `debug` has each of them.
 */
export class Incidents {
  readonly #runtime: Pick<Runtime, 'monotonic' | 'after' | 'log'>
  readonly #groups = new Map<string, Group>()

  constructor(runtime: Pick<Runtime, 'monotonic' | 'after' | 'log'>) {
    this.#runtime = runtime
  }

  report({ level, group, kind, message, fields }: Incident): void {
    const { log } = this.#runtime
    const now = this.#runtime.monotonic()
    const { spells } = this.#groupOf(group)
    const name = this.#kindIn(spells, kind)
    const spell = spells.get(name)
    if (spell === undefined || now - spell.last >= AGAIN) {
      spells.set(name, { last: now, toldAt: now, untold: 0, times: 1 })
      return log[level](message, fields)
    }
    spell.last = now
    spell.times++
    spell.untold++
    if (now - spell.toldAt < AGAIN) return log.debug(message, fields)
    log[level](`${message}; it goes on`, { ...fields, times: spell.untold })
    spell.toldAt = now
    spell.untold = 0
  }

  /** It went well, which is told once everything of this group has not happened for a while. Costs nothing where nothing has. */
  succeeded(group: string, message: string, fields?: Fields): void {
    const troubled = this.#groups.get(group)
    if (troubled === undefined) return
    const now = this.#runtime.monotonic()
    troubled.well = now
    // A host may drop a timer together with the request that set it.
    if (troubled.cancel !== undefined && now < troubled.looks + QUIET) return
    const look = (): void => {
      troubled.looks = this.#runtime.monotonic() + QUIET
      troubled.cancel = this.#runtime.after(QUIET, () => {
        troubled.cancel = undefined
        if (this.#end(group, message, fields)) look()
      })
    }
    troubled.cancel?.()
    look()
  }

  /** Nothing more is told. */
  close(): void {
    for (const name of this.#groups.keys()) this.#forget(name)
  }

  /** Answers whether some is too recent to be over, though it went well after that: it may be the last that is heard of it. */
  #end(group: string, message: string, fields?: Fields): boolean {
    const { spells, well } = this.#groups.get(group) ?? { spells: new Map<string, Spell>(), well: 0 }
    const now = this.#runtime.monotonic()
    let isRecent = false
    for (const [kind, { last, times }] of spells) {
      if (now - last < QUIET) {
        isRecent ||= last <= well
        continue
      }
      spells.delete(kind)
      this.#runtime.log.info(message, { ...fields, times })
    }
    if (spells.size === 0) this.#groups.delete(group)
    return isRecent
  }

  #groupOf(name: string): Group {
    const there = this.#groups.get(name)
    if (there !== undefined) return there
    if (this.#groups.size >= GROUPS) this.#forget(this.#groups.keys().next().value ?? '')
    const group: Group = { spells: new Map(), well: Number.NEGATIVE_INFINITY, looks: 0 }
    this.#groups.set(name, group)
    return group
  }

  #forget(name: string): void {
    this.#groups.get(name)?.cancel?.()
    this.#groups.delete(name)
  }

  #kindIn(spells: ReadonlyMap<string, Spell>, kind: string): string {
    return spells.has(kind) || spells.size < KINDS ? kind : 'others'
  }
}

/** The kind of a reason: which port, which saga or how many milliseconds makes no difference. */
export function kindOfReason(why: string): string {
  return why.slice(0, 100).replaceAll(/\d+/g, '#')
}
