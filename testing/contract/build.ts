import { begin, decide } from '../../src/engine/decide.ts'
import { evolve } from '../../src/engine/evolve.ts'
import { mergeFirstLevel } from '../../src/engine/merge.ts'
import type { Change, Step, StepCause } from '../../src/engine/change.ts'
import type { HandedOnHeaders, Instant, Metadata, Saga, SagaId, Timer } from '../../src/engine/saga.ts'
import { compile } from '../../src/machine/compile.ts'
import type { Machine } from '../../src/machine/compile.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'

/** Instant at which the suites' sagas begin: far in the future, so that no alarm rings during a test. */
export const NOW: Instant = Date.UTC(2080, 8, 21, 14, 13, 20)
/** Lease in ms that the writer of a step holds on its commands. */
export const LEASE = 15_000

/** A machine with everything a head can carry: commands or none, business tags of both kinds or none, a loop, an end. */
export const DEFINITION: MachineDefinition = {
  initialState: 'open',
  creationEvent: 'orderPlaced',
  states: [
    {
      id: 'open',
      isFinal: false,
      businessStateId: 1,
      outputCommand: { label: 'reserve', channel: 'warehouse' },
      outgoingTransitions: [
        { inputEvent: 'asked again', targetState: 'open' },
        { inputEvent: 'reserved', targetState: 'paying', businessEventId: 7 },
        { inputEvent: 'waved through', targetState: 'silent' },
      ],
    },
    {
      id: 'paying',
      isFinal: false,
      businessStateId: '1',
      outputCommand: { label: 'charge', channel: 'bank' },
      outgoingTransitions: [
        { inputEvent: 'declined', targetState: 'open', businessEventId: 'no' },
        { inputEvent: 'charged', targetState: 'done' },
      ],
    },
    { id: 'silent', isFinal: false, outgoingTransitions: [{ inputEvent: 'asked again', targetState: 'silent' }] },
    {
      id: 'done',
      isFinal: true,
      businessStateId: 2,
      outgoingTransitions: [{ inputEvent: 'reopened', targetState: 'open' }],
    },
  ],
  businessStates: [{ id: 1, description: 'Under way' }, { id: '1', description: 'Être payé ✓' }, { id: 2 }],
  businessEvents: [{ id: 7, description: 'Goods are set aside' }, { id: 'no' }],
}

/** The machine of the suites. */
export const MACHINE: Machine = compile(DEFINITION, { merge: mergeFirstLevel, leaseOf: () => LEASE })

/** Arguments of a `save`: a change and the head it makes. */
export interface PreparedSave {
  readonly change: Change
  readonly next: Saga
}

/** Options of `birth`. */
export interface BirthOptions {
  readonly id?: SagaId
  readonly eventId?: string
  readonly entity?: string
  readonly metadata?: Metadata
  readonly fingerprint?: string
  readonly trace?: string
  readonly headers?: HandedOnHeaders
  readonly timer?: Timer
  readonly at?: Instant
}

/** The change that creates a saga. */
export function birth(options: BirthOptions = {}): PreparedSave {
  const { id = fresh('saga'), eventId = fresh('key'), entity = '', metadata = {}, at = NOW, timer } = options
  const { fingerprint, trace, headers } = options
  const step = begin(MACHINE, { id, eventId, entity, metadata, fingerprint, trace, headers }, at)
  return written(undefined, { sagaId: id, writeId: fresh('w'), at, step: { ...step, timer } })
}

/** Options of `step`. */
export interface StepOptions {
  /** Id of the event. */
  readonly id?: string
  readonly payload?: Metadata
  readonly trace?: string
  readonly headers?: HandedOnHeaders
  readonly timer?: Timer
  readonly at?: Instant
  readonly by?: StepCause
  /** Bookkeeping in the same change. */
  readonly with?: Bookkeeping
}

/** The change that an event makes. Throws where the saga's state has no transition for `label`. */
export function step(saga: Saga, label: string, options: StepOptions = {}): PreparedSave {
  const { id = fresh('event'), payload = {}, trace, headers, timer, at = saga.updatedAt + 1, by } = options
  const event = { id, sagaId: saga.id, label, payload, trace, headers }
  const decision = decide(MACHINE, { saga, event, now: at })
  if (decision.kind !== 'moved') throw new TypeError(`build a step: "${saga.state}" does not take "${label}"`)
  const moved: Step = { ...decision.step, timer, ...(by !== undefined && { by }) }
  return written(saga, { ...options.with, sagaId: saga.id, writeId: fresh('w'), at, step: moved })
}

/** A change without a step, as far as a test names it. */
export type Bookkeeping = Omit<Change, 'sagaId' | 'writeId' | 'at' | 'step'>

/** A change without a step. */
export function amend(saga: Saga, bookkeeping: Bookkeeping, at: Instant = saga.updatedAt + 1): PreparedSave {
  return written(saga, { ...bookkeeping, sagaId: saga.id, writeId: fresh('w'), at })
}

/** The same change by another write. */
export function byAnother({ change, next }: PreparedSave): PreparedSave {
  return { change: { ...change, writeId: fresh('w') }, next }
}

/** An id that no other test has. */
export function fresh(what: string): string {
  return `${what}-${crypto.randomUUID()}`
}

function written(saga: Saga | undefined, change: Change): PreparedSave {
  return { change, next: evolve(saga, change) }
}
