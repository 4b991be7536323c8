import { listed, reasonDetails, refused } from './operation-plan.ts'
import type { OperationPlan, OperationTask } from './operation-plan.ts'
import type { ActionOf } from './saga-operation.ts'

/** Drops a parked event; without a label, every one of this id (P7, P10). */
export function planDropParked({ loaded: { saga } }: OperationTask, action: ActionOf<'drop-parked'>): OperationPlan {
  const { event: wanted, label } = action
  const found = saga.parked.map(({ event }) => event).filter((one) => isMeant(one, wanted, label))
  if (found.length === 0) return refused(`the saga has no parked event "${wanted.slice(0, 200)}"${labelled(label)}`)
  const unparked = found.map(({ id, label }) => ({ id, label }))
  return { kind: 'write', entry: { unparked }, details: dropped(found) }
}

/** Drops a dead letter without sending it; without a label, every one of this id. */
export function planDropLetter(
  { loaded: { saga } }: OperationTask,
  action: ActionOf<'drop-dead-letter'>,
): OperationPlan {
  const { letter: wanted, label } = action
  const found = saga.deadLetters.filter((one) => isMeant(one, wanted, label))
  if (found.length === 0) return refused(`the saga has no dead letter "${wanted.slice(0, 200)}"${labelled(label)}`)
  return {
    kind: 'write',
    entry: { dropped: found.map(({ kind, id, label }) => ({ kind, id, label })) },
    details: { ...dropped(found), ...reasonDetails(found) },
  }
}

interface Named {
  readonly id: string
  readonly label: string
}

function isMeant(one: Named, id: string, label: string | undefined): boolean {
  return one.id === id && (label === undefined || one.label === label)
}

function dropped(found: readonly Named[]) {
  return {
    ...listed(
      'dropped',
      found.map(({ id }) => id),
    ),
    ...listed(
      'labels',
      found.map(({ label }) => label),
    ),
  }
}

function labelled(label: string | undefined): string {
  return label === undefined ? '' : ` with the label "${label.slice(0, 200)}"`
}
