import { reasonOf } from '../../../src/errors.ts'
import type { Cancel, Runtime } from '../../../src/ports/runtime.ts'
import type { Contact } from './contact.ts'
import type { Assignment, Position } from './driver.ts'
import { findIn, Marks } from './marks.ts'
import type { Places } from './places.ts'
import type { KafkaSettings } from './settings.ts'
import type { Watch } from './watch.ts'

export interface UnityOptions {
  readonly settings: KafkaSettings & { readonly consumerGroup: string }
  readonly contact: Contact
  readonly places: Places
  readonly watch: Watch
  readonly runtime: Runtime
  /** Called once where it has never been whole: then this process must not go on. */
  readonly refuse: (why: string) => void
}

/** The wait before the cluster is asked again that did not answer. */
const AGAIN = 1_000
/** After a predecessor's session has ended, the group needs a moment to divide its partitions anew. */
const MARGIN = 3_000

/**
 * Whether this process has every partition of its topics (P22). Where its store is its own, events that others take are lost to
 * its sagas, so nothing is taken in until it has them all. A predecessor that was killed keeps its place for one session.
 */
export class Unity {
  readonly #options: UnityOptions
  readonly #marks: Marks
  #wasWhole = false
  #isWhole = false
  #looks = 0
  /** What was committed when another member was found at the start. */
  #found: ReadonlySet<string> | undefined
  #cancel: Cancel | undefined

  constructor(options: UnityOptions) {
    this.#options = options
    this.#marks = new Marks(options.contact, options.settings)
  }

  get isWhole(): boolean {
    return this.#isWhole
  }

  /** At every generation of the group. */
  look(assignment: Assignment): void {
    this.#isWhole = false
    void this.#look(assignment, ++this.#looks)
  }

  end(): void {
    this.#looks++
    this.#cancel?.()
  }

  async #look(assignment: Assignment, look: number): Promise<void> {
    const { settings, contact, runtime } = this.#options
    try {
      const partitions = await contact.ask((admin) => admin.partitions(settings.inputTopics))
      if (look !== this.#looks) return
      const lacking = settings.inputTopics.filter(
        (topic) => (assignment.get(topic)?.length ?? 0) < (partitions.get(topic) ?? 1),
      )
      const committed = this.#wasWhole ? [] : await this.#marks.committed()
      const begins = lacking.length > 0 ? [] : await this.#begins(committed)
      if (look !== this.#looks || !this.#options.watch.isJoined) return
      if (lacking.length > 0) return this.#divided(lacking, committed)
      if (this.#hasMoved(committed)) return this.#refuseTaken()
      for (const { topic, partition, offset } of begins) this.#options.places.of(topic, partition).next ??= offset
      this.#whole()
    } catch (thrown) {
      if (look === this.#looks) this.#unknown(reasonOf(thrown))
      runtime.after(AGAIN, () => (look === this.#looks ? void this.#look(assignment, look) : undefined))
    }
  }

  /**
   * Where partitions go on that are not read yet: once another had them, what it committed would say so, and be wrong. Those that
   * a topic got since everything was this process's begin at their beginning.
   */
  async #begins(committed: readonly Position[]): Promise<readonly Position[]> {
    const ends = await this.#marks.ends()
    return ends.map(({ topic, partition, begin }) => {
      const there = findIn(committed, { topic, partition })?.offset ?? begin
      return { topic, partition, offset: laterOf(there, begin) }
    })
  }

  /** A predecessor that was killed commits nothing any more: whoever did took events that this store has never seen. */
  #hasMoved(committed: readonly Position[]): boolean {
    const found = this.#found
    return found !== undefined && committed.some((position) => !found.has(wordOf(position)))
  }

  #refuseTaken(): void {
    const { consumerGroup: group } = this.#options.settings
    this.#options.refuse(
      `read as the only member of "${group}": another member has taken events while this process waited for it to leave, and ` +
        'the store is this process alone: set the offsets of the group back to where they were, and keep the other one away',
    )
  }

  #whole(): void {
    const { watch, runtime, settings } = this.#options
    this.#cancel?.()
    this.#cancel = undefined
    if (watch.divided !== undefined) {
      runtime.log.info('the group is this process alone again: events are taken in', { group: settings.consumerGroup })
    }
    watch.divided = undefined
    this.#wasWhole = true
    this.#isWhole = true
  }

  /** Whoever asks must hear of it: the brokers answer, and all the same nothing is taken in. */
  #unknown(why: string): void {
    const { watch, runtime } = this.#options
    watch.divided = `it is not known who else is in the group, so nothing is taken in: ${why}`
    runtime.log.warn('it is not known who else is in the group; it is asked again', { why })
  }

  #divided(lacking: readonly string[], committed: readonly Position[]): void {
    const { settings, watch, runtime, refuse } = this.#options
    const { consumerGroup: group, sessionTimeout } = settings
    const why =
      `another member of the group "${group}" has partitions of ${lacking.map((topic) => `"${topic}"`).join(', ')}, and the ` +
      'store is this process alone; nothing is taken in until the other has left'
    if (this.#wasWhole) {
      watch.divided = why
      return runtime.log.error('events are not taken in', { why })
    }
    this.#found ??= new Set(committed.map(wordOf))
    runtime.log.warn('the group has another member; it may be a predecessor that was killed', { group, sessionTimeout })
    this.#cancel ??= runtime.after(sessionTimeout + MARGIN, () =>
      refuse(`read as the only member of "${group}": ${why}. Stop the other one, or use a store that is shared`),
    )
  }
}

function laterOf(one: string, other: string): string {
  return BigInt(one) < BigInt(other) ? other : one
}

function wordOf({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}/${offset}`
}
