import type { CommandId, Debt, EventIdentity, SagaId } from '../../engine/saga.ts'
import type { Step } from '../../engine/change.ts'
import type { Channel } from '../../ports/channel.ts'
import type { Loaded, Persistency } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { NamedSend, SavedStep, SendFate, SendResult, Turn } from '../events/turn.ts'
import type { Created, Outcome } from '../corridor.ts'
import type { Unavailable } from '../undone.ts'
import type { Settlements } from '../sending/settlements.ts'
import type { Ledger } from '../events/ledger.ts'
import type { Mailbox } from '../mailbox.ts'
import { atMost } from '../deadline.ts'
import type { Relay } from '../sending/relay.ts'
import type { Claims } from '../sending/claims.ts'
import type { DebtLeases } from '../sending/debt-leases.ts'

/** Options of `Redelivery`. */
export interface RedeliveryOptions {
  readonly persistency: Pick<Persistency, 'document'>
  readonly ledger: Ledger
  readonly mailbox: Mailbox
  readonly relay: Relay
  readonly settlements: Settlements
  readonly claims: Claims
  readonly debtLeases: DebtLeases
  readonly channels: ReadonlyMap<string, Channel>
  readonly runtime: Runtime
}

/** A creation or an event of one saga, as it is answered. */
export interface RedeliveredRequest<T> {
  readonly id: SagaId
  /** The work of the request in the saga's mailbox. */
  readonly work: () => Promise<Turn<T>>
  /** Monotonic instant of the answer. */
  readonly deadline: number
  /** Absent for a creation. */
  readonly event?: EventIdentity | undefined
}

/**
 * Recovery where the store cannot list what is owed (P17). A request is answered when its commands are delivered; without that
 * answer its client repeats the request, and then its commands are sent at once, whether their lease has ended or not (P12).
 */
export class Redelivery {
  readonly #options: RedeliveryOptions

  constructor(options: RedeliveryOptions) {
    this.#options = options
  }

  /** Results of the sends of a step. To be called right after its commands were handed to the relay. */
  sendsOf(step: Step): readonly SendFate[] {
    return step.owes.map((debt) => this.#fateOf(step.sagaId, debt))
  }

  /** Sends of these commands, by their ids. To be called right after they were handed to the relay. */
  namedSends(sagaId: SagaId, debts: readonly Debt[]): readonly NamedSend[] {
    return debts.map((debt) => ({ id: debt.id, fate: this.#fateOf(sagaId, debt) }))
  }

  /** Waits for sends, at most until `deadline` (monotonic). Resolves with the commands that were not delivered by then. */
  async undelivered(sends: readonly NamedSend[], deadline: number): Promise<readonly CommandId[]> {
    const { runtime } = this.#options
    const left = new Set(sends.map(({ id }) => id))
    const ending = sends.map(async ({ id, fate }) => void ((await fate)?.kind === 'delivered' && left.delete(id)))
    await atMost(runtime, Math.max(0, deadline - runtime.monotonic()), Promise.all(ending))
    return [...left]
  }

  /**
   * Runs the work in the saga's mailbox, and waits outside of it until the commands of its turn are delivered (P13): also those of
   * parked events, whose senders have their answers already (P10).
   */
  async answer<T extends Created | Outcome>({
    id,
    work,
    deadline,
    event,
  }: RedeliveredRequest<T>): Promise<T | Unavailable> {
    const { answer, fates, isWhole } = await this.#options.mailbox.run(id, async () => {
      const turn = await work()
      const rest = await turn.rest?.()
      const saved = rest === undefined ? turn.saved : [...turn.saved, ...rest.saved]
      const latest = rest?.loaded ?? saved.at(-1)?.loaded
      const { answer } = turn
      const isWhole = rest === undefined || rest.loaded !== undefined
      const own = latest === undefined ? [] : await this.#own(saved, latest)
      const owed = REPEATS.has(answer.kind) ? await this.#owed(id, answer.kind, event) : []
      return { answer, fates: [...own, ...owed], isWhole }
    })
    const why = isWhole ? await this.#whyNot(fates, deadline) : 'a parked event could not be offered now'
    return why === undefined ? answer : { kind: 'unavailable', why, isOwing: true }
  }

  /**
   * Sends of the steps of a turn. Earlier commands of the saga that no process works on any more go first, since their order
   * counts (P13). A command whose lease another process holds is left to that process, and to the repeat of its own request.
   * `loaded`: the newest head.
   */
  async #own(saved: readonly SavedStep[], loaded: Loaded): Promise<readonly SendFate[]> {
    const debts = saved.flatMap(({ step }) => step.owes)
    if (debts.every((debt) => this.#isBegun(loaded.saga.id, debt))) return saved.flatMap(({ sends }) => sends)
    const { claims, debtLeases } = this.#options
    const isMeant = (debt: Debt) => debtLeases.hasForgotten(debt) || debts.some(({ id }) => id === debt.id)
    const { givenUp } = await claims.claim(loaded, isMeant)
    return debts.map((debt) => this.#fateOf(loaded.saga.id, debt, givenUp))
  }

  /**
   * Resends at once only the commands of the repeated event's own step (P12). Others are resent by the repeats of their own
   * requests: waiting for them could deadlock with a participant that emits before it answers, and sending them would let each
   * of its repeats send more. A held saga sends nothing: what it owes waits for the release, and a repeat that waited for it would be
   * 503, or stop its partition, for as long as an operator holds the saga (P26).
   */
  async #owed(id: SagaId, kind: string, event: EventIdentity | undefined): Promise<readonly SendFate[]> {
    const { ledger, relay, settlements, claims, debtLeases, channels, runtime } = this.#options
    const loaded = await ledger.read(id)
    if (loaded === undefined || loaded.saga.owed.length === 0 || loaded.saga.hold !== undefined) return []
    const step = await this.#stepOf(id, kind, event)
    // A delivered command is left out now: the claim below writes its settlement, and then it is no longer known as delivered.
    const owed = loaded.saga.owed.filter((debt) => !settlements.isDelivered(id, debt))
    const now = runtime.wallClock()
    const isAsked = (debt: Debt) => (step === undefined ? !relay.holds(debt.id) : numberOf(id, debt.id) === step)
    const isLeft = (debt: Debt) => debt.due <= now || debtLeases.hasForgotten(debt)
    const awaited = owed.filter((debt) => isAsked(debt) || isLeft(debt))
    // Of a channel with one send another process may be at it: its lease is waited for.
    const isSentOnce = ({ channel }: Debt) => channels.get(channel)?.retry?.attempts === 1
    const claimable = awaited.filter((debt) => !relay.holds(debt.id) && (isLeft(debt) || !isSentOnce(debt)))
    const claimed = new Set(claimable.map(({ id }) => id))
    const claim = claimed.size > 0 ? await claims.claim(loaded, (debt) => claimed.has(debt.id)) : undefined
    return awaited.map((debt) => this.#fateOf(id, debt, claim?.givenUp))
  }

  /** Number of the step of a repeated request; `undefined` for one that is no repeat, or has no id of its own. */
  async #stepOf(id: SagaId, kind: string, event: EventIdentity | undefined): Promise<number | undefined> {
    if (kind === 'repeated') return 0
    if (kind !== 'duplicate' || event === undefined) return undefined
    const document = await this.#options.persistency.document(id)
    const at = document?.history.events.findIndex((one) => one.id === event.id && one.event === event.label)
    return at === -1 ? undefined : at
  }

  #isBegun(sagaId: SagaId, debt: Debt): boolean {
    const { relay, settlements } = this.#options
    return relay.holds(debt.id) || settlements.isDelivered(sagaId, debt)
  }

  #fateOf(sagaId: SagaId, debt: Debt, givenUp?: readonly CommandId[]): SendFate {
    const { relay, settlements } = this.#options
    const { id } = debt
    if (givenUp?.includes(id)) return GIVEN_UP
    return settlements.isDelivered(sagaId, debt) ? DELIVERED : relay.fateOf(id)
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

/** Answers of success without a step of this request. An event without an id of its own cannot be told from a new one. */
const REPEATS: ReadonlySet<string> = new Set<(Created | Outcome)['kind']>(['repeated', 'duplicate', 'unexpected'])
const DELIVERED: SendFate = Promise.resolve({ kind: 'delivered' })
const GIVEN_UP: SendFate = Promise.resolve({ kind: 'given-up' })

/** `<saga>/<step>/<index>` (P5) */
function numberOf(sagaId: SagaId, command: CommandId): number {
  return Number.parseInt(command.slice(sagaId.length + 1), 10)
}

/** A command that was given up is no reason to repeat the request: it is kept as a dead letter (P17). */
function complaint(sent: SendResult | undefined): string | undefined {
  switch (sent?.kind) {
    case 'delivered':
    case 'given-up':
      return undefined
    case 'rejected':
      return `a command was answered with status ${sent.status}`
    case 'unreachable':
      return `a command did not reach its participant: ${sent.why}`
    case undefined:
      return 'a command could not be sent now'
  }
}
