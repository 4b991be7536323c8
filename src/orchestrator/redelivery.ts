import type { CommandId, Debt, SagaId, Step } from '../engine/saga.ts'
import type { Sent } from '../ports/channel.ts'
import type { Loaded, Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Created, Outcome, Unavailable } from './corridor.ts'
import type { Settlements } from './settlements.ts'
import type { Ledger } from './ledger.ts'
import type { Mailbox } from './mailbox.ts'
import { atMost } from './deadline.ts'
import type { Relay } from './relay.ts'
import type { Sender } from './sender.ts'

export interface RedeliveryOptions {
  readonly persistency: Pick<Persistency, 'document'>
  readonly ledger: Ledger
  readonly mailbox: Mailbox
  readonly relay: Relay
  readonly settlements: Settlements
  readonly sender: Sender
  readonly runtime: Runtime
}

/** What a mailbox turn has saved, and what was begun of it. */
interface SavedStep {
  readonly loaded: Loaded
  readonly step: Step
  readonly fates: readonly SendFate[]
}

/** What becomes of a command; `undefined`: it is not even under way. */
type SendFate = Promise<Sent | undefined>

/** The identity of an event, where a request has one. */
type EventIdentity = { readonly id: string; readonly label: string } | undefined

/**
 * Recovery where the store cannot be asked what is owed (P17): whoever sent an event is told that it is done only when its
 * commands are out, and otherwise sends again; then they go out at once, whoever holds their lease (P12).
 */
export class Redelivery {
  readonly #options: RedeliveryOptions
  /** Saved in the mailbox turns under way. */
  readonly #saved = new Map<SagaId, SavedStep>()

  constructor(options: RedeliveryOptions) {
    this.#options = options
  }

  /** To be told in the saga's mailbox, right after the step's commands were handed over. */
  dispatched(loaded: Loaded, step: Step): void {
    this.#saved.set(step.sagaId, { loaded, step, fates: step.owes.map((debt) => this.#fateOf(step.sagaId, debt)) })
  }

  /** Runs `work` in the saga's mailbox; its answer comes when the commands are out, which nobody waits for in there (P13). */
  async answer<T extends Created | Outcome>(
    id: SagaId,
    work: () => Promise<T>,
    deadline: number,
    event?: EventIdentity,
  ): Promise<T | Unavailable> {
    const { answer, fates } = await this.#options.mailbox.run(id, async () => {
      this.#saved.delete(id)
      const answer = await work()
      const saved = this.#saved.get(id)
      this.#saved.delete(id)
      if (saved !== undefined) return { answer, fates: await this.#own(saved) }
      return { answer, fates: REPEATS.has(answer.kind) ? await this.#owed(id, answer.kind, event) : [] }
    })
    const why = await this.#whyNot(fates, deadline)
    return why === undefined ? answer : { kind: 'unavailable', why, isOwing: true }
  }

  /**
   * The commands of a step just saved. They may stand behind earlier ones that nobody works on any more: these go first. What
   * another process holds the lease of is its business, and that of whoever sends its event again.
   */
  async #own({ loaded, step, fates }: SavedStep): Promise<readonly SendFate[]> {
    if (step.owes.every((debt) => this.#isBegun(step.sagaId, debt))) return fates
    const { sender } = this.#options
    await sender.claim(loaded, (debt) => sender.hasForgotten(debt) || step.owes.some(({ id }) => id === debt.id))
    return step.owes.map((debt) => this.#fateOf(step.sagaId, debt))
  }

  /**
   * What the step of a repeated request owes, sent now where it is not under way here, whoever holds its lease (P12). The rest
   * has senders of its own, who have no answer yet either: to wait for them would lock out a participant that emits before it
   * answers, and to send for them would ask such a participant again, and again by its own repeats.
   */
  async #owed(id: SagaId, kind: string, event: EventIdentity): Promise<readonly SendFate[]> {
    const { ledger, relay, settlements, sender, runtime } = this.#options
    const loaded = await ledger.read(id)
    if (loaded === undefined || loaded.saga.owed.length === 0) return []
    const step = await this.#stepOf(id, kind, event)
    // What is known to be out needs no answer: the claim writes it down, and then nobody knows of it any more.
    const owed = loaded.saga.owed.filter((debt) => !settlements.isDelivered(id, debt.id))
    const now = runtime.wallClock()
    const isAsked = (debt: Debt) => (step === undefined ? !relay.holds(debt.id) : numberOf(id, debt.id) === step)
    const isLeft = (debt: Debt) => debt.due <= now || sender.hasForgotten(debt)
    const awaited = owed.filter((debt) => isAsked(debt) || isLeft(debt))
    const claimed = new Set(awaited.flatMap((debt) => (relay.holds(debt.id) ? [] : [debt.id])))
    if (claimed.size > 0) await sender.claim(loaded, (debt) => claimed.has(debt.id))
    return awaited.map((debt) => this.#fateOf(id, debt))
  }

  /** Which step a repeated request stands for; nobody knows where it is no repeat, or one without an id of its own. */
  async #stepOf(id: SagaId, kind: string, event: EventIdentity): Promise<number | undefined> {
    if (kind === 'repeated') return 0
    if (kind !== 'duplicate' || event === undefined) return undefined
    const document = await this.#options.persistency.document(id)
    const at = document?.history.events.findIndex((one) => one.id === event.id && one.event === event.label)
    return at === -1 ? undefined : at
  }

  #isBegun(sagaId: SagaId, { id }: Debt): boolean {
    const { relay, settlements } = this.#options
    return relay.holds(id) || settlements.isDelivered(sagaId, id)
  }

  #fateOf(sagaId: SagaId, { id }: Debt): SendFate {
    const { relay, settlements } = this.#options
    return settlements.isDelivered(sagaId, id) ? DELIVERED : relay.fateOf(id)
  }

  async #whyNot(fates: readonly SendFate[], deadline: number): Promise<string | undefined> {
    if (fates.length === 0) return undefined
    const { runtime } = this.#options
    let why: string | undefined = 'a command was sent and has no answer yet'
    const known = Promise.all(fates).then((all) => {
      why = all.map(complaint).find((one) => one !== undefined)
    })
    await atMost(runtime, Math.max(0, deadline - runtime.monotonic()), known)
    return why
  }
}

/** Answers that say "done" without a step of this very request; an event without an id of its own is not told from a new one. */
const REPEATS: ReadonlySet<string> = new Set<(Created | Outcome)['kind']>(['repeated', 'duplicate', 'unexpected'])
const DELIVERED: SendFate = Promise.resolve({ kind: 'delivered' })

/** `<saga>/<step>/<index>` (P5) */
function numberOf(sagaId: SagaId, command: CommandId): number {
  return Number.parseInt(command.slice(sagaId.length + 1), 10)
}

function complaint(sent: Sent | undefined): string | undefined {
  switch (sent?.kind) {
    case 'delivered':
      return undefined
    case 'rejected':
      return `a command was answered with status ${sent.status}`
    case 'unreachable':
      return `a command did not reach its participant: ${sent.why}`
    case undefined:
      return 'a command could not be sent now'
  }
}
