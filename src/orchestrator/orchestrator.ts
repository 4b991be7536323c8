import { DEFAULTS } from '../defaults.ts'
import type { SagaDocument } from '../codec/document.ts'
import { begin, decide } from '../engine/decide.ts'
import type { Decision } from '../engine/decide.ts'
import type { Creation, Saga, SagaEvent, SagaId, Step } from '../engine/saga.ts'
import { messageOf } from '../errors.ts'
import type { Machine } from '../machine/compile.ts'
import type { Channel } from '../ports/channel.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { ListQuery, Loaded, Page, Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Corridor, Created, Order, Outcome, Unavailable } from './corridor.ts'
import { Debts } from './debts.ts'
import { Heads } from './heads.ts'
import { fingerprintOf, freshId } from './ids.ts'
import { Ledger } from './ledger.ts'
import type { Committed } from './ledger.ts'
import { Mailbox } from './mailbox.ts'
import { atMost, pause } from './pause.ts'
import { Relay } from './relay.ts'
import { Sender } from './sender.ts'
import { Sweep } from './sweep.ts'

export interface OrchestratorOptions {
  readonly machine: Machine
  readonly persistency: Persistency
  readonly channels: ReadonlyMap<string, Channel>
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** What an event means that the state does not list (C2.5). */
  readonly unexpectedEvents: 'ignore' | 'reject'
}

/**
 * The corridor: decode → decide → save → relay. It owns the loop and nothing else: how a saga is read and written is the
 * ledger's, how commands leave is the relay's.
 */
export class Orchestrator implements Corridor {
  readonly #options: OrchestratorOptions
  readonly #mailbox = new Mailbox()
  readonly #ledger: Ledger
  readonly #relay: Relay
  readonly #debts: Debts
  readonly #sender: Sender
  readonly #sweep: Sweep | undefined

  constructor(options: OrchestratorOptions) {
    this.#options = options
    const { persistency, channels, runtime, metrics } = options
    const { recovery, shared } = persistency.can
    const mailbox = this.#mailbox
    const ledger = new Ledger(persistency, new Heads(DEFAULTS.heads), runtime, metrics)
    const settleAfter = recovery.by === 'alarm' ? 0 : DEFAULTS.settle
    const debts = new Debts({ ledger, mailbox, runtime, settleAfter, retryAt: (due) => this.#sweep?.wakeAt(due) })
    const { queue, sendsAtOnce } = DEFAULTS
    const concluded = debts.concluded.bind(debts)
    const relay = new Relay({ channels, runtime, metrics, queue, sendsAtOnce, concluded })
    const sender = new Sender({ ledger, relay, debts, runtime, channels, shared })
    this.#ledger = ledger
    this.#debts = debts
    this.#relay = relay
    this.#sender = sender
    if (recovery.by === 'sweep') this.#sweep = new Sweep({ recovery, shared, sender, relay, mailbox, runtime })
  }

  /** From now on what is due in the store is taken up (I9). */
  start(): void {
    this.#sweep?.start()
  }

  /** Ends what is under way: sends, then settlements. What does not end within `within` ms stays owed. */
  async stop(within: number): Promise<void> {
    await this.#sweep?.stop()
    const ended = this.#relay.idle().then(() => this.#debts.flush())
    await atMost(this.#options.runtime, within, ended)
  }

  /** Looks at one saga and takes up what it owes; for hosts whose alarm belongs to the saga (P19). */
  async wake(id: SagaId): Promise<void> {
    await this.#mailbox.run(id, async () => {
      const loaded = await this.#ledger.read(id)
      if (loaded !== undefined) await this.#sender.claim(loaded)
    })
    await this.#relay.idle()
  }

  async create(order: Order): Promise<Created> {
    const created = await this.#mailbox.run(order.id, () => this.#create(order)).catch(unavailable)
    this.#options.metrics.creation(created.kind)
    return created
  }

  async handle(event: SagaEvent): Promise<Outcome> {
    const outcome = await this.#mailbox.run(event.sagaId, () => this.#handle(event)).catch(unavailable)
    this.#options.metrics.event(outcome.kind)
    return outcome
  }

  document(id: SagaId): Promise<SagaDocument | undefined> {
    return this.#options.persistency.document(id)
  }

  async list(query: ListQuery): Promise<Page | false> {
    const { list } = this.#options.persistency.can
    return list === false ? false : list.page(query)
  }

  async #create(order: Order): Promise<Created> {
    const { machine, runtime } = this.#options
    const creation = this.#creation(order)
    const step = begin(machine, creation, runtime.wallClock())
    const committed = await this.#commit('absent', step)
    switch (committed.kind) {
      case 'saved':
        return { kind: 'created', sagaId: order.id }
      case 'conflict':
      case 'duplicate':
        return this.#repeated(creation)
      case 'too-large':
        return committed
      case 'unknown':
        return { kind: 'unavailable', why: committed.why }
    }
  }

  #creation({ id, entity, metadata, key, trace }: Order): Creation {
    const isKeyed = key !== undefined
    const eventId = isKeyed ? key : freshId(this.#options.runtime)
    return { id, eventId, entity, metadata, trace, fingerprint: isKeyed ? fingerprintOf(entity, metadata) : undefined }
  }

  /** The saga is there already: the same creation once more, or the same key with another body (P2, P8). */
  async #repeated({ id, fingerprint }: Creation): Promise<Created> {
    const loaded = await this.#ledger.read(id)
    if (loaded === undefined) return { kind: 'unavailable', why: `the saga "${id}" was removed while it was created` }
    return { kind: loaded.saga.fingerprint === fingerprint ? 'repeated' : 'mismatch', sagaId: id }
  }

  async #handle(event: SagaEvent): Promise<Outcome> {
    const { machine, runtime } = this.#options
    const deadline = runtime.monotonic() + DEFAULTS.deadline
    let remembered = this.#ledger.recall(event.sagaId)
    for (let attempt = 0; ; attempt++) {
      const loaded = remembered ?? (await this.#ledger.read(event.sagaId))
      if (loaded === undefined) return { kind: 'unknown-saga', sagaId: event.sagaId }
      const decision = decide(machine, loaded.saga, event, runtime.wallClock())
      if (decision.kind === 'moved') {
        const committed = await this.#commit(loaded, decision.step, deadline)
        if (remembered !== undefined) this.#ledger.learn(committed.kind === 'conflict')
        if (committed.kind !== 'conflict') return this.#moved(event, committed)
        if (runtime.monotonic() >= deadline) return { kind: 'unavailable', why: 'other writers were always faster' }
        await pause(runtime, attempt)
      } else if (remembered === undefined) {
        return this.#unmoved(event, loaded.saga, decision)
      }
      remembered = undefined // only `moved` may be decided on a remembered head (P9)
    }
  }

  /** Saves a step, with whatever settlements wait for this saga; once it is durable its commands may leave (P12). */
  async #commit(
    before: Loaded | 'absent',
    step: Step,
    deadline: number = this.#options.runtime.monotonic() + DEFAULTS.deadline,
  ): Promise<Committed> {
    const settled = before === 'absent' ? undefined : this.#debts.settledOf(before.saga)
    const committed = await this.#ledger.commit(before, this.#ledger.change(step.sagaId, { step, settled }), deadline)
    if (committed.kind !== 'saved') return committed
    this.#debts.settled(step.sagaId, settled)
    this.#options.metrics.entered(step.state.id, step.event.label)
    this.#sender.dispatch(committed.loaded.saga, step)
    return committed
  }

  async #moved(event: SagaEvent, committed: Exclude<Committed, { kind: 'conflict' }>): Promise<Outcome> {
    const { sagaId } = event
    switch (committed.kind) {
      case 'saved':
        return { kind: 'moved', sagaId, state: committed.loaded.saga.state }
      case 'duplicate': {
        const loaded = await this.#ledger.read(sagaId)
        return loaded === undefined
          ? { kind: 'unknown-saga', sagaId }
          : { kind: 'duplicate', sagaId, state: loaded.saga.state }
      }
      case 'too-large':
        return committed
      case 'unknown':
        return { kind: 'unavailable', why: committed.why }
    }
  }

  /** On a fresh head: an event that was applied before is a duplicate, whatever the saga says to it now (I4, P9). */
  async #unmoved(event: SagaEvent, saga: Saga, decision: Exclude<Decision, { kind: 'moved' }>): Promise<Outcome> {
    const { persistency, runtime, unexpectedEvents } = this.#options
    const { sagaId, label } = event
    if (await persistency.applied(sagaId, event.id, label)) return { kind: 'duplicate', sagaId, state: saga.state }
    const fields = { saga: sagaId, label, state: saga.state }
    switch (decision.kind) {
      case 'unexpected':
        runtime.log.error('an event was not expected and is ignored', { ...fields, expected: decision.expected }) // C4.3
        return { ...decision, sagaId, label, reject: unexpectedEvents === 'reject' }
      case 'refused':
        runtime.log.error('an event was refused', { ...fields, why: decision.why })
        return { ...decision, sagaId }
      case 'stranded':
        runtime.log.error('a saga is in a state that this machine lacks', fields) // P11
        return { ...decision, sagaId }
    }
  }
}

function unavailable(thrown: unknown): Unavailable {
  return { kind: 'unavailable', why: messageOf(thrown) }
}
