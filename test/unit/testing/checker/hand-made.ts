import { encodeDocument } from '../../../../src/codec/encode-document.ts'
import { encodeEntry } from '../../../../src/codec/history-entry.ts'
import { begin, decide } from '../../../../src/engine/decide.ts'
import { keptOf } from '../../../../src/engine/dead-letters.ts'
import { evolve } from '../../../../src/engine/evolve.ts'
import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import type { Change } from '../../../../src/engine/change.ts'
import type { Command, Debt, Instant, ParkedEvent, Saga, SagaEvent } from '../../../../src/engine/saga.ts'
import { compile } from '../../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { SagaAction } from '../../../../src/orchestrator/operators/saga-operation.ts'
import type { Sent } from '../../../../src/ports/channel.ts'
import type { Answered, Asking, Observation, ObservedRun, Written } from '../../../../testing/checker/observation.ts'
import type { RunTerms } from '../../../../testing/checker/terms.ts'

/** A run that is written down by hand: a sound one unless a test breaks it. Time passes by a second with each observation. */
export class HandMade {
  readonly observations: Observation[] = []
  readonly definition: MachineDefinition
  head: Saga | undefined
  /** Bulk operations as they are shown at the end; none: they are not judged by them. */
  operations: ObservedRun['operations']
  now: Instant = Date.UTC(2030, 0, 1)
  /** Wall clock of the process minus the true time. */
  skew = 0
  process = 'p1'
  readonly #times: number[] = []
  #requests = 0
  #sends = 0
  #writes = 0

  constructor(definition: MachineDefinition = LINE) {
    this.definition = definition
  }

  get machine() {
    return compile(this.definition, {
      merge: mergeFirstLevel,
      leaseOf: () => LEASE,
      hookOf: () => () => ({ payload: 'x' }),
    })
  }

  get saga(): Saga {
    if (this.head === undefined) throw new Error('there is no saga')
    return this.head
  }

  ask(by: Asking): number {
    const request = this.#requests++
    this.#note({ kind: 'asked', request, by })
    return request
  }

  answer(request: number, answer: Answered['answer']): void {
    this.#note({ kind: 'answered', request, answer })
  }

  /** A write on the head, folded by the engine; `after`: fields that it leaves otherwise. */
  write(part: Omit<Change, 'sagaId' | 'writeId' | 'at'>, after: Partial<Saga> = {}): Written {
    const change = { sagaId: ID, writeId: `w${this.#writes++}`, at: this.now, ...part }
    const before = this.head
    this.head = { ...evolve(before, change), ...after }
    this.#note({ kind: 'written', change, before, after: this.head })
    return this.observations.at(-1) as Written
  }

  create(): this {
    const request = this.ask({
      door: 'creation',
      creation: { id: ID, entity: 'e', metadata: { n: 0 }, key: 'key/c', fingerprint: 'f' },
    })
    const creation = { id: ID, eventId: 'key/c', entity: 'e', metadata: { n: 0 }, fingerprint: 'f' }
    this.write({ step: begin(this.machine, creation, this.now) })
    this.answer(request, { kind: 'created', sagaId: ID })
    return this
  }

  /** An event that arrives, moves the saga and is answered. */
  move(label: string, event: Partial<SagaEvent> = {}): this {
    const whole = eventOf(label, event)
    const request = this.ask({ door: 'event', event: whole })
    this.step(whole)
    this.answer(request, { kind: 'moved', sagaId: ID, state: this.saga.state })
    return this
  }

  /** The step of an event, with more in its write. */
  step(event: SagaEvent, part: Omit<Change, 'sagaId' | 'writeId' | 'at' | 'step'> = {}): Written {
    const decision = decide(this.machine, { saga: this.saga, event, now: this.now })
    if (decision.kind !== 'moved') throw new Error(`make a step of "${event.label}": ${decision.kind}`)
    return this.write({ step: decision.step, ...part })
  }

  /** A send that begins; nothing more is seen of it. */
  begin(command: Command): this {
    this.#note({ kind: 'departed', command, send: this.#sends++ })
    return this
  }

  /** A command that reaches its participant; without `result` its end is not seen. */
  send(command: Command, result?: Sent): this {
    const send = this.#sends++
    this.#note({ kind: 'arrived', command, send })
    if (result !== undefined) this.#note({ kind: 'concluded', command, send, result })
    return this
  }

  /** The newest command of the outbox, as its participant gets it. */
  owed(): Command {
    const debt = this.saga.owed.at(-1) as Debt
    const { id, label, channel, payload = this.saga.metadata, trace, headers } = debt
    return { id, sagaId: ID, label, channel, payload, trace, headers }
  }

  settle(): this {
    const { owed } = this.saga
    const { id, label, channel, since } = owed.at(-1) as Debt
    this.send(this.owed(), DELIVERED)
    this.write({ settled: [id], deliveries: [{ id, label, channel, since, at: this.now, sends: 1 }] })
    return this
  }

  park(label: string, part: Partial<ParkedEvent> = {}): this {
    const event = eventOf(label)
    const request = this.ask({ door: 'event', event })
    this.write({ parked: [{ event: keptOf(event), since: this.now, expires: this.now + PARKED, ...part }] })
    this.answer(request, { kind: 'parked', sagaId: ID, state: this.saga.state })
    return this
  }

  operate(action: SagaAction, part: Omit<Change, 'sagaId' | 'writeId' | 'at'>, id = `key/o${this.#writes}`): this {
    const operation = { sagaId: ID, id, operator: 'zoe', reason: 'mended', action }
    const request = this.ask({ door: 'operator', operation })
    this.write({ ...part, operation: { id, action: action.kind, at: this.now, operator: 'zoe', reason: 'mended' } })
    this.answer(request, { kind: 'done', sagaId: ID, state: this.saga.state, details: {} })
    return this
  }

  /** The store removes the saga; a creation begins another life. */
  remove(): this {
    this.#note({ kind: 'removed', sagaId: ID })
    this.head = undefined
    return this
  }

  lives(kind: 'started' | 'crashed' | 'stopped' | 'calm'): this {
    this.#note({ kind })
    return this
  }

  run(terms: RunTerms = {}): ObservedRun {
    const began = this.observations.findLastIndex(({ kind }) => kind === 'removed') + 1
    const writes = this.observations.slice(began).filter((one): one is Written => one.kind === 'written')
    const history = writes.flatMap(({ change: { step } }) => (step === undefined ? [] : [encodeEntry(step, '')]))
    const head = this.head
    const sagas = new Map(head === undefined ? [] : [[ID, { head, document: encodeDocument(head, history) }] as const])
    const machines = new Map([[this.machine.hash, this.definition]])
    const timeOf = (at: number) => this.#times[at] ?? 0
    return { observations: this.observations, machines, sagas, operations: this.operations, terms, timeOf }
  }

  #note(told: object): void {
    this.observations.push({
      ...told,
      at: this.observations.length,
      clock: this.now + this.skew,
      process: this.process,
    } as Observation)
    this.#times[this.observations.length - 1] = this.now
    this.now += 1_000
  }
}

export const ID = 's1'
export const LEASE = 15_000
export const PARKED = 600_000
export const DELIVERED: Sent = { kind: 'delivered' }
export const BUSY: Sent = { kind: 'rejected', status: 503, retryable: true }

export function eventOf(label: string, event: Partial<SagaEvent> = {}): SagaEvent {
  return { id: `key/${label}`, sagaId: ID, label, payload: { [label]: true }, ...event }
}

/** a → b → c → end by `to-` and the name; `a` waits a minute and resends once, `b` has a side effect, `end` absorbs. */
export const LINE: MachineDefinition = {
  initialState: 'a',
  states: [
    {
      id: 'a',
      isFinal: false,
      outputCommand: { label: 'do-a', channel: 'bank' },
      timeout: { after: 'PT1M', resend: 1, event: 'late' },
      outgoingTransitions: [
        { inputEvent: 'to-b', targetState: 'b' },
        { inputEvent: 'late', targetState: 'end' },
      ],
    },
    {
      id: 'b',
      isFinal: false,
      outputCommand: { label: 'do-b', channel: 'bank' },
      sideEffects: [{ label: 'mail', channel: 'post' }],
      outgoingTransitions: [
        { inputEvent: 'to-c', targetState: 'c' },
        { inputEvent: 'again', targetState: 'b' },
      ],
    },
    {
      id: 'c',
      isFinal: false,
      outgoingTransitions: [
        { inputEvent: 'to-end', targetState: 'end' },
        { inputEvent: 'to-b', targetState: 'b' },
      ],
    },
    { id: 'end', isFinal: true },
  ],
}
