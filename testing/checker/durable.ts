import { acknowledgedBy, isAnswer } from './durable/answers.ts'
import { Assembly } from './durable/syscalls.ts'
import type { Call } from './durable/syscalls.ts'

/** Options of `checkDurable`. */
export interface DurableOptions {
  /** State id → label of the event that leads to it; events have the key `<saga id>/<label>`. */
  readonly eventOf: Readonly<Record<string, string>>
}

/** Syncs, answers and violations in a trace of system calls. */
export interface DurabilityVerdict {
  /** Syncs of the write-ahead log. */
  readonly syncs: number
  /** Answers 200 to creations and events. */
  readonly created: number
  readonly moved: number
  /** Acknowledgements before durability (I1). */
  readonly problems: readonly string[]
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/**
 * Checks that nothing was acknowledged before it was on the disk (I1), from the output of `strace -f -y` of a service over
 * SQLite. A write to the write-ahead log holds saga ids and event keys. A sync that begins after such a write makes them durable
 * when it ends. An answer that names one may begin only after that.
 */
export function checkDurable(lines: Iterable<string>, options: DurableOptions): DurabilityVerdict {
  const journal = new Journal(options)
  const assembly = new Assembly()
  for (const line of lines) for (const call of assembly.take(line)) journal.note(call)
  return journal
}

class Journal implements DurabilityVerdict {
  syncs = 0
  created = 0
  moved = 0
  readonly problems: string[] = []
  readonly #eventOf: DurableOptions['eventOf']
  readonly #names: RegExp
  #written = new Set<string>()
  readonly #durable = new Set<string>()
  /** Thread → ids and keys written when its sync began. */
  readonly #syncing = new Map<string, ReadonlySet<string>>()

  constructor({ eventOf }: DurableOptions) {
    this.#eventOf = eventOf
    const labels = Object.values(eventOf).map((label) => label.replace(/\W/g, '\\$&'))
    this.#names = new RegExp(`key/${UUID}/(?:${labels.join('|')})|${UUID}`, 'g')
  }

  note(call: Call): void {
    const { thread, name, moment, path, text } = call
    if (name === 'fdatasync' || name === 'fsync') {
      if (!path.endsWith('-wal')) return
      if (moment === 'begin') this.#syncing.set(thread, new Set(this.#written))
      else this.#sync(thread, call.succeeded)
    } else if (path.endsWith('-wal')) {
      if (moment === 'end' && call.succeeded) this.#write(text)
    } else if (isAnswer(call)) this.#answer(text)
  }

  #write(text: string): void {
    for (const [name] of text.matchAll(this.#names)) if (!this.#durable.has(name)) this.#written.add(name)
  }

  #sync(thread: string, succeeded: boolean): void {
    const names = this.#syncing.get(thread) ?? new Set()
    this.#syncing.delete(thread)
    if (!succeeded) return
    this.syncs++
    for (const name of names) this.#durable.add(name)
    this.#written = new Set([...this.#written].filter((name) => !this.#durable.has(name)))
  }

  #answer(text: string): void {
    const { created, moved } = acknowledgedBy(text)
    for (const sagaId of created) {
      this.created++
      this.#expect(sagaId, `the creation of "${sagaId}"`)
    }
    for (const { sagaId, state } of moved) {
      this.moved++
      const label = this.#eventOf[state]
      this.#expect(`key/${sagaId}/${label}`, `the event "${label}" of "${sagaId}"`)
    }
  }

  #expect(name: string, what: string): void {
    if (this.#durable.has(name)) return
    const why = this.#written.has(name) ? 'written but not synced' : 'not written'
    this.problems.push(`${what} was acknowledged while it was ${why}`)
  }
}
