import type { SagaDocument } from '../../src/codec/saga-document.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import type { Violation } from './observation.ts'
import { pathProblems } from './path.ts'

/** A creation that the service has acknowledged. */
export interface AcknowledgedCreation {
  /** Number of the saga, which is in its metadata as `n`. */
  readonly n: number
  readonly sagaId: string
}

/** A command as it arrived at its participant. */
export interface ArrivedCommand {
  /** Idempotency key: `<saga>/<step>/<index>`. */
  readonly key: string
  readonly label: string
  /** Everything that came, so that a repeat can be compared. */
  readonly bytes: string
}

/** An event that the service, or the broker before it, has acknowledged. */
export interface AcknowledgedEvent {
  readonly sagaId: string
  /** Idempotency key. */
  readonly key: string
  readonly label: string
  /** The service's answer: `moved`, `duplicate`, `parked`, …; a broker has none. */
  readonly outcome?: string | undefined
}

/** What the ledgers outside of the service say, and the sagas as it shows them after the run. */
export interface RunLedgers {
  readonly machine: MachineDefinition
  readonly creations: readonly AcknowledgedCreation[]
  readonly arrivals: readonly ArrivedCommand[]
  readonly events: readonly AcknowledgedEvent[]
  readonly documents: ReadonlyMap<string, SagaDocument>
}

/**
 * Every broken promise that ledgers and histories show, when all has come to its end: sagas that are lost (I1) or stand still (I2), histories
 * that are no path (I3), commands that never arrived (I2), that no step has decided (I1) or whose bytes differ (I7), and acknowledged
 * events that are not in the history once (I1, I4).
 */
export function ledgerProblems({ machine, creations, arrivals, events, documents }: RunLedgers): readonly Violation[] {
  const arrived = new Map(arrivals.map(({ key, label }) => [key, label]))
  const told = Map.groupBy(events, ({ sagaId }) => sagaId)
  const sagas = new Map(creations.map((creation) => [creation.sagaId, creation])) // a repeated creation is one saga
  return [
    ...sharedSagas(creations),
    ...differentBytes(arrivals),
    ...undecided(machine, arrived, documents),
    ...[...sagas.values()].flatMap(({ n, sagaId }) => {
      const document = documents.get(sagaId)
      if (document === undefined) return [{ rule: 'I1', sagaId, why: 'it was created and is not there' }]
      const problems = [
        ...ending(document, n),
        ...pathProblems(machine, document).map((why) => ({ rule: 'I3', why })),
        ...undelivered(machine, document, arrived),
        ...lostEvents(document, told.get(sagaId) ?? []),
      ]
      return problems.map((problem) => ({ ...problem, sagaId }))
    }),
  ]
}

function sharedSagas(creations: readonly AcknowledgedCreation[]): readonly Violation[] {
  const numbers = Map.groupBy(creations, ({ sagaId }) => sagaId)
  return [...numbers].flatMap(([sagaId, all]) => {
    const different = [...new Set(all.map(({ n }) => n))]
    return different.length === 1 ? [] : [{ rule: 'P8', sagaId, why: `the creations ${different.join()} share it` }]
  })
}

/** No key carries two different commands. */
function differentBytes(arrivals: readonly ArrivedCommand[]): readonly Violation[] {
  const first = new Map<string, string>()
  return arrivals.flatMap(({ key, bytes }) => {
    const before = first.get(key) ?? bytes
    first.set(key, before)
    return before === bytes ? [] : [{ rule: 'I7', why: `the key "${key}" came with ${bytes}, before with ${before}` }]
  })
}

/** A command is sent only after its step is durable (I1), so each that arrived is one of the history. */
function undecided(
  machine: MachineDefinition,
  arrived: ReadonlyMap<string, string>,
  documents: ReadonlyMap<string, SagaDocument>,
): readonly Violation[] {
  return [...arrived].flatMap(([key, label]) => {
    const [sagaId = '', step] = key.split('/')
    const state = documents.get(sagaId)?.history.states[Number(step)]?.state
    const expected = commandOf(machine, state)
    if (expected === label) return []
    return [{ rule: 'I1', sagaId, why: `the command "${label}" arrived under "${key}", expected "${expected}"` }]
  })
}

interface LedgerFlaw {
  readonly rule: string
  readonly why: string
}

function ending(document: SagaDocument, n: number): readonly LedgerFlaw[] {
  const { isFinal, currentState, metadata } = document
  return [
    ...(isFinal ? [] : [{ rule: 'I2', why: `it stands in "${currentState}", expected a final state` }]),
    ...(metadata['n'] === n ? [] : [{ rule: 'I1', why: `its number is ${String(metadata['n'])}, expected ${n}` }]),
  ]
}

/** Side effects are no commands: they may be lost. */
function undelivered(
  machine: MachineDefinition,
  { sagaId, history }: SagaDocument,
  arrived: ReadonlyMap<string, string>,
): readonly LedgerFlaw[] {
  return history.states.flatMap(({ state }, step) => {
    const label = commandOf(machine, state)
    const key = `${sagaId}/${step}/0`
    if (label === undefined || arrived.has(key)) return []
    return [{ rule: 'I2', why: `the command "${label}" of "${state}" never arrived under "${key}"` }]
  })
}

/**
 * An acknowledged event is in the history once. One that waited for its state, or in a topic, may have been too late: then an event of a timer
 * is there. An answer such as `unexpected` promises nothing.
 */
function lostEvents({ history }: SagaDocument, told: readonly AcknowledgedEvent[]): readonly LedgerFlaw[] {
  const hadTimer = history.events.some(({ id }) => id.startsWith('timer/'))
  return told.flatMap(({ key, label, outcome }) => {
    const count = history.events.filter(({ id, event }) => id === `key/${key}` && event === label).length
    const isApplied = outcome === 'moved'
    const mayBeLost = !isApplied && (hadTimer || !PROMISES.has(outcome))
    if (count === 1 || (count === 0 && mayBeLost)) return []
    const answer = outcome ?? 'written'
    return [{ rule: 'I4', why: `the event "${label}" under "${key}" (${answer}) is ${count} times in its history` }]
  })
}

/** Answers after which an event is in the history, or will be. */
const PROMISES: ReadonlySet<string | undefined> = new Set([undefined, 'moved', 'duplicate', 'parked'])

function commandOf({ states }: MachineDefinition, id: string | undefined): string | undefined {
  return states.find((state) => state.id === id)?.outputCommand?.label
}
