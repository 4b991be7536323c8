import type { EventEntry, OperationEntry, SagaDocument } from '../../api/documents.ts'

/** A step of the saga, as the timeline shows it. */
export interface TimelineStep {
  readonly number: number
  readonly state: string
  readonly event: string
  readonly business?: string | undefined
  readonly timestamp: string
  /** Milliseconds since the step before. */
  readonly since?: number | undefined
  /** The operator's action that made the step. */
  readonly operation?: OperationEntry | undefined
  /** The former name of the state, where the step gave the saga the new one and nothing else. */
  readonly renamedFrom?: string | undefined
  /** The step sent the command and the side effects of its state: one by hand may not, and a new name does not. */
  readonly sends: boolean
  /** Keys of the metadata that the step changed, where the service says it. */
  readonly changed: readonly string[]
  readonly changedCount: number
}

/** A step, or an operator's action that made none. */
export type TimelineEntry = { readonly key: string } & (
  | { readonly step: TimelineStep }
  | { readonly operation: OperationEntry }
)

/** Steps and actions of a saga by their time. */
export function timelineOf({ history }: Pick<SagaDocument, 'history'>): readonly TimelineEntry[] {
  const operations = new Map((history.operations ?? []).map((one) => [one.id, one]))
  const steps = history.states.map((entry, at): TimelineEntry & { readonly at: string } => {
    const event = history.events[at]
    const before = history.states[at - 1]
    const operation = operationOf(event, operations)
    const step: TimelineStep = {
      number: at + 1,
      state: entry.state,
      event: event?.event ?? '',
      business: event?.businessEventDescription,
      timestamp: entry.timestamp,
      since: before && Date.parse(entry.timestamp) - Date.parse(before.timestamp),
      operation,
      renamedFrom: event?.renamedFrom,
      sends: event?.renamedFrom === undefined && sends(operation),
      changed: event?.changed ?? [],
      changedCount: event?.changedCount ?? event?.changed?.length ?? 0,
    }
    return { key: `step ${at}`, at: entry.timestamp, step }
  })
  const made = new Set(history.events.map((event) => operationOf(event, operations)?.id))
  const alone = [...operations.values()]
    .filter(({ id }) => !made.has(id))
    .map((operation) => ({ key: `operation ${operation.id}`, at: operation.at, operation }))
  return [...steps, ...alone].toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)))
}

/** A step by hand may enter its state without the command. */
function sends(operation: OperationEntry | undefined): boolean {
  return operation === undefined || operation.action === 'send-event' || operation.details?.['command'] === true
}

/** The action that made a step. An event that an operator sent has the id of its action and no mark, since it is a transition. */
function operationOf(
  event: EventEntry | undefined,
  operations: ReadonlyMap<string, OperationEntry>,
): OperationEntry | undefined {
  return event && operations.get(event.operation ?? event.id)
}
