import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { pathProblems } from '../../../testing/checker/path.ts'
import { leftWaiting, repeatedEvents, timerProblems } from '../../services/waits.ts'
import type { ReadRecord } from '../../services/topics.ts'
import type { CreatedSaga } from './saga-load.ts'

/** The sagas of a proof, by their numbers. */
export interface ProofPlan {
  readonly machine: MachineDefinition
  readonly course: (n: number) => SagaCourse
  /** The event of its timer, and `after` in milliseconds; each timer resends once. */
  readonly timer?: { readonly event: string; readonly after: number }
}

/** The expected path of a saga. */
export interface SagaCourse {
  /** Labels of its commands, in order. */
  readonly commands: readonly string[]
  /** The effect of each command, which no other command has. */
  readonly effects: readonly string[]
  /** Its final state. */
  readonly end: string
  /** Another path that is right where its end was reached. */
  readonly orElse?: SagaCourse
}

/** The records that an independent reader has found in the topics, and the documents of the service. */
export interface ProofRecords {
  readonly commands: readonly ReadRecord[]
  readonly events: readonly ReadRecord[]
  readonly documents: ReadonlyMap<string, SagaDocument>
  /** Effect → the number of its requests. */
  readonly effects: ReadonlyMap<string, number>
}

export type ProofTopics = Pick<ProofRecords, 'commands' | 'events'>

/** Every broken promise; empty when all is well. */
export function brokenPromises(
  plan: ProofPlan,
  created: readonly CreatedSaga[],
  aftermath: ProofRecords,
): readonly string[] {
  const { commands, documents, effects } = aftermath
  const ids = new Set(created.map(({ sagaId }) => sagaId))
  const wanted = new Set(
    created.flatMap(({ n, sagaId }) => courseOf(plan.course(n), documents.get(sagaId)?.currentState).effects),
  )
  const sent = new Map(commands.map((record) => [keyOf(record), labelOf(record)]))
  return [
    ...(ids.size === created.length ? [] : ['two creations share a saga (P8)']),
    ...created.flatMap((creation) =>
      sagaProblems(plan, { ...creation, document: documents.get(creation.sagaId) }, sent),
    ),
    ...mixed(commands),
    ...commands.filter(({ key }) => !ids.has(key ?? '')).map(({ key }) => `a command of ${key}, which nobody created`),
    ...[...wanted].filter((effect) => !effects.has(effect)).map((effect) => `nobody did ${effect}`),
    ...[...effects.keys()]
      .filter((effect) => !wanted.has(effect))
      .map((effect) => `${effect} was done, nobody wanted it`),
  ]
}

/**
 * The faults of the service by which these sagas do not end: a command in the outbox, an event without effect, or a timer that has
 * not fired. Commands that a participant skipped are not among them.
 */
export function faults(
  { machine }: ProofPlan,
  stuck: readonly SagaDocument[],
  { commands, events }: ProofTopics,
): readonly string[] {
  const sent = new Set(commands.map(keyOf))
  const heard = new Map<string, Set<string>>()
  for (const event of events) {
    const known = heard.get(event.key ?? '')
    if (known === undefined) heard.set(event.key ?? '', new Set([labelOf(event)]))
    else known.add(labelOf(event))
  }
  return stuck.flatMap(({ sagaId, currentState, history, timer }) => {
    const key = `${sagaId}/${history.states.length - 1}/0`
    const moves = machine.states.find(({ id }) => id === currentState)?.outgoingTransitions ?? []
    const left = moves.map(({ inputEvent }) => inputEvent).filter((label) => heard.get(sagaId)?.has(label))
    return [
      ...(sent.has(key) ? [] : [`the command ${key} of "${currentState}" was not sent (I2)`]),
      ...left.map((label) => `the event "${label}" is in the topic, the saga ${sagaId} in "${currentState}" (I1)`),
      ...(timer === undefined ? [] : [`the timer of ${key} has not fired, its deadline is ${timer.deadline} (P18)`]),
    ]
  })
}

function sagaProblems(
  { machine, course, timer }: ProofPlan,
  { n, sagaId, document }: CreatedSaga & { readonly document: SagaDocument | undefined },
  sent: ReadonlyMap<string, string>,
): readonly string[] {
  if (document === undefined) return [`saga ${sagaId} was created and is not there (I1)`]
  const { commands, end } = courseOf(course(n), document.currentState)
  const lost = commands.flatMap((label, step) => {
    const found = sent.get(`${sagaId}/${step}/0`)
    return found === label ? [] : [`command ${step} is ${found}, expected ${label} (I2)`]
  })
  const problems = [
    ...pathProblems(machine, document),
    ...lost,
    ...(document.history.states.length === commands.length + 1
      ? []
      : [`it took ${document.history.states.length} states`]),
    ...(document.currentState === end ? [] : [`it is in "${document.currentState}", expected "${end}"`]),
    ...(document.metadata['n'] === n ? [] : [`its metadata are those of ${String(document.metadata['n'])}`]),
    ...leftWaiting(document),
    ...repeatedEvents(document),
    ...(timer === undefined ? [] : timerProblems(document, timer)),
  ]
  return problems.map((problem) => `saga ${sagaId}: ${problem}`)
}

function courseOf({ orElse, ...course }: SagaCourse, end: string | undefined): SagaCourse {
  return orElse?.end === end && orElse !== undefined ? orElse : course
}

/** I7, P5: no key has two different commands, and each has its saga id as key. */
function mixed(commands: readonly ReadRecord[]): readonly string[] {
  const values = new Map<string, string>()
  return commands.flatMap((record) => {
    const [id, value] = [keyOf(record), `${record.key} ${record.value}`]
    const before = values.get(id)
    values.set(id, value)
    if (!id.startsWith(`${record.key}/`)) return [`the command ${id} stands under ${record.key}`]
    return before === undefined || before === value ? [] : [`the key ${id} carries two commands (I7)`]
  })
}

export function keyOf({ headers }: ReadRecord): string {
  return headers['idempotency-key'] ?? ''
}

export function labelOf({ value }: ReadRecord): string {
  return (JSON.parse(value ?? '{}') as { messageLabel: string }).messageLabel
}
