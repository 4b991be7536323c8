import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { revivedDebt } from '../../../src/engine/dead-letters.ts'
import { begin, decide } from '../../../src/engine/decide.ts'
import type { Decision } from '../../../src/engine/decide.ts'
import { commandOf, evolve } from '../../../src/engine/evolve.ts'
import type { Change, Step } from '../../../src/engine/change.ts'
import type { DeadEvent, DeadLetter, Debt, ParkedEvent, Saga, SagaEvent } from '../../../src/engine/saga.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { Machine, Merge } from '../../../src/machine/compile.ts'
import type { Saved } from '../../../src/ports/persistency.ts'
import { SAGA } from '../../../testing/generators.ts'
import type { Scenario } from '../../../testing/generators.ts'
import { deepFreeze } from '../../fakes/freeze.ts'

/** Bookkeeping after an event. */
export type Chore = 'nothing' | 'settle' | 'claim' | 'die' | 'revive' | 'park' | 'unpark' | 'refuse'

export interface Told {
  readonly event: SagaEvent
  readonly decision: Decision
  /** Absent where there was nothing to save. */
  readonly saved?: Saved['kind'] | undefined
}

export interface Travel {
  readonly machine: Machine
  readonly told: readonly Told[]
  /** Every change that was saved, and the head after each. */
  readonly changes: readonly Change[]
  readonly heads: readonly Saga[]
  /** Head and document as the store answers them. */
  readonly saga: Saga
  readonly document: SagaDocument
}

const START = Date.UTC(2030, 0, 1)

/** Leads one saga through a scenario with engine and store alone; all their inputs are frozen. */
export async function travel(scenario: Scenario, merge: Merge, chores: readonly Chore[] = []): Promise<Travel> {
  const { definition, metadata, events } = deepFreeze(scenario)
  const machine = deepFreeze(compile(definition, { merge, leaseOf: () => 15_000 }))
  const journey = new Journey(machine)
  await journey.begin({ id: SAGA, eventId: 'birth', entity: 'e', metadata })
  for (const [index, event] of events.entries()) {
    await journey.tell(event)
    await journey.chore(chores[index] ?? 'nothing')
  }
  return journey.end()
}

class Journey {
  readonly #machine: Machine
  readonly #store = memoryPersistency()
  readonly #told: Told[] = []
  readonly #changes: Change[] = []
  readonly #heads: Saga[] = []
  #now = START

  constructor(machine: Machine) {
    this.#machine = machine
  }

  async begin(creation: Parameters<typeof begin>[1]): Promise<void> {
    await this.#save({ step: begin(this.#machine, creation, ++this.#now) })
  }

  async tell(event: SagaEvent): Promise<void> {
    const saga = await this.#head()
    const decision = decide(this.#machine, { saga, event, now: ++this.#now })
    const saved = decision.kind === 'moved' ? await this.#save({ step: decision.step }) : undefined
    this.#told.push({ event, decision, saved })
  }

  async chore(chore: Chore): Promise<void> {
    const entry = entryOf(chore, await this.#head(), ++this.#now)
    if (entry !== undefined) await this.#save(entry)
  }

  async end(): Promise<Travel> {
    const document = await this.#store.document(SAGA)
    if (document === undefined) throw new TypeError('end a journey: the saga is not there')
    const [machine, told, changes, heads] = [this.#machine, this.#told, this.#changes, this.#heads]
    return { machine, told, changes, heads, saga: await this.#head(), document }
  }

  async #head(): Promise<Saga> {
    const loaded = await this.#store.load(SAGA)
    if (loaded === undefined) throw new TypeError('look at the head: the saga is not there')
    return deepFreeze(loaded.saga)
  }

  async #save(entry: Entry): Promise<Saved['kind']> {
    const loaded = await this.#store.load(SAGA)
    const change = deepFreeze({ ...entry, sagaId: SAGA, writeId: `w${this.#changes.length}`, at: this.#now })
    const next = deepFreeze(evolve(loaded?.saga, change))
    const saved = await this.#store.save(change, next, loaded?.basis ?? 'absent')
    if (saved.kind !== 'saved') return saved.kind
    this.#changes.push(change)
    this.#heads.push(next)
    return saved.kind
  }
}

type Entry = Omit<Change, 'sagaId' | 'writeId' | 'at'> & { readonly step?: Step }

function entryOf(chore: Chore, saga: Saga, now: number): Entry | undefined {
  const [debt] = saga.owed
  const [letter] = saga.deadLetters
  const [early] = saga.parked
  const event = { id: `early ${now}`, sagaId: saga.id, label: 'early', payload: {} }
  switch (chore) {
    case 'nothing':
      return undefined
    case 'settle':
      return debt && { settled: [debt.id] }
    case 'claim':
      return debt && { tried: [{ id: debt.id, attempts: debt.attempts, due: now + 7 }] }
    case 'die':
      return debt && { dead: [letterOf(saga, debt)] }
    case 'revive':
      return letter && (letter.kind === 'event' ? { dropped: [letter] } : { revived: [revivedDebt(letter, now)] })
    case 'park':
      return { parked: [{ event, since: now, expires: now + 3 }] }
    case 'unpark':
      return early && { unparked: [early.event] }
    case 'refuse':
      return early && { unparked: [early.event], dead: [refused(early)] }
  }
}

function refused({ event: { id, label, payload, trace }, since }: ParkedEvent): DeadEvent {
  return { kind: 'event', id, label, payload, trace, why: 'refused', since, attempts: 0 }
}

function letterOf(saga: Saga, debt: Debt): DeadLetter {
  const { id, label, channel, payload } = commandOf(saga, debt)
  return { id, label, channel, payload, why: 'status 400', since: debt.since, attempts: debt.attempts + 1 }
}
