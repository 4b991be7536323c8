import { nearestWord } from '../../config/nearest-word.ts'
import { CANCELLED } from '../../engine/dead-letters.ts'
import { deadCommand } from '../../engine/evolve.ts'
import { moveTo, patchMetadata } from '../../engine/operator-step.ts'
import type { Debt, Metadata, Saga } from '../../engine/saga.ts'
import type { Machine, State } from '../../machine/compile.ts'
import { readEarlierHistory } from '../events/earlier-history.ts'
import { holdDetails, idsOf, listed, refused, sendDetails, undelivered, withdrawCommands } from './operation-plan.ts'
import type { OperationPlan, OperationRefusal, OperationTask, OperatorParts } from './operation-plan.ts'
import type { ActionOf, OperationDetails } from './saga-operation.ts'

/** A move by hand, with or without the command and the side effects of the state (P25). */
export async function planMove(
  parts: OperatorParts,
  { operation, loaded, now }: OperationTask,
  { state, command }: ActionOf<'move'>,
): Promise<OperationPlan> {
  const { machine, hooks, persistency } = parts
  const { saga } = loaded
  const target = machine.states.get(state)
  if (target === undefined) return unknownState(state, [...machine.states.keys()])
  const step = moveTo(machine, { saga, operation: operation.id, now, kind: 'move', target, command })
  const history =
    command && hooks.isHooked(step) ? await readEarlierHistory(persistency, { loaded, isFresh: true }) : NO_HISTORY
  if (history === undefined) return { kind: 'outdated' }
  const made = command ? hooks.make(step, { entity: saga.entity, history }) : { step }
  // A held saga sends nothing: they wait for the end of the hold (P26).
  const held = saga.hold === undefined ? [] : [...made.step.owes, ...made.step.sideEffects]
  return {
    kind: 'write',
    entry: made,
    details: {
      from: saga.state,
      to: state,
      command,
      ...(saga.hold === undefined && sendDetails(parts, made.step.owes)),
      ...listed('held', idsOf(held)),
      ...listed('stillOwed', idsOf(undelivered(parts, saga))),
      ...(target.isFinal && droppedDetails(saga)),
    },
  }
}

/** A move without command into a final state. Commands that are owed become dead letters, and a hold ends: nothing is sent any more. */
export function planCancel(parts: OperatorParts, task: OperationTask, { state }: ActionOf<'cancel'>): OperationPlan {
  const { operation, loaded, now } = task
  const { machine, debtLeases } = parts
  const { saga } = loaded
  const target = finalState(machine, state)
  if ('why' in target) return target
  if (saga.isFinal) return refused(`the saga is final in "${saga.state}", expected one that is not final`)
  if (operation.dryRun !== true) withdrawCommands(parts, saga.id)
  const owed = undelivered(parts, saga)
  const end = ({ attempts, last }: Debt) => ({ why: CANCELLED, since: now, attempts, last })
  return {
    kind: 'write',
    entry: {
      step: moveTo(machine, { saga, operation: operation.id, now, kind: 'cancel', target, command: false }),
      dead: owed.length === 0 ? undefined : owed.map((debt) => deadCommand(saga, debt, end(debt))),
      hold: saga.hold === undefined ? undefined : null,
    },
    details: {
      from: saga.state,
      to: state,
      ...(saga.hold !== undefined && holdDetails(saga.hold)),
      ...listed('cancelled', idsOf(owed)),
      ...listed('underWay', idsOf(owed.filter((debt) => debtLeases.isUnderWay(debt)))),
      ...droppedDetails(saga),
    },
  }
}

/** A merge patch on the metadata, also of a saga whose state this machine lacks. */
export function planPatch(
  parts: OperatorParts,
  { operation, loaded, now }: OperationTask,
  patch: Metadata,
): OperationPlan {
  if (Object.keys(patch).length === 0) return refused('the patch has no key, expected at least one')
  const step = patchMetadata(parts.machine, { saga: loaded.saga, operation: operation.id, now }, patch)
  const shown = (keys: readonly string[]) => keys.map((key) => key.slice(0, LONGEST_KEY))
  const removed = Object.keys(patch).filter((key) => patch[key] === null)
  return {
    kind: 'write',
    entry: { step },
    details: { ...listed('keys', shown(Object.keys(patch))), ...listed('removed', shown(removed)) },
  }
}

/** Characters of a key that a record keeps. */
const LONGEST_KEY = 100
const NO_HISTORY = { states: [], events: [] } as const

function droppedDetails({ parked }: Saga): OperationDetails {
  const events = parked.map(({ event }) => event)
  const labels = [...new Set(events.map(({ label }) => label))]
  return { ...listed('droppedEvents', idsOf(events)), ...listed('droppedLabels', labels) }
}

function finalState(machine: Machine, name: string): State | OperationRefusal {
  const finals = [...machine.states.values()].filter(({ isFinal }) => isFinal).map(({ id }) => id)
  const target = machine.states.get(name)
  if (target?.isFinal === true) return target
  if (target === undefined) return unknownState(name, finals, 'final ')
  const expected = finals.slice(0, 10).map((one) => `"${one}"`)
  const why = `state must be a final state of the machine: found "${name}", expected one of ${expected.join(', ')}`
  return { kind: 'invalid', why }
}

function unknownState(name: string, known: readonly string[], kind = ''): OperationRefusal {
  const found = JSON.stringify(name.slice(0, 200))
  const nearest = JSON.stringify(nearestWord(name, known))
  return {
    kind: 'invalid',
    why: `state must be a ${kind}state of the machine: found ${found}, the nearest is ${nearest}`,
  }
}
