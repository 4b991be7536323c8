import type { EventEntry } from '../../../src/codec/history-entry.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { DocumentTerms, Flaw } from './document-terms.ts'

/**
 * The command of the newest step is owed, delivered or given up: else it was lost (I2). Those of earlier steps are told by the history
 * alone. Not judged where its trace may have gone for a reason: an operator has entered the state without it, or has dropped its dead
 * letter; a later entry stays in the state; the saga is so large that a store may have refused the record of the delivery (P24).
 */
export function* lost(document: SagaDocument, { machineOf }: DocumentTerms): Iterable<Flaw> {
  const { sagaId, history, currentState } = document
  const newest = history.events.at(-1)
  if (newest === undefined || !keepsTraces(document, newest)) return
  const state = machineOf(newest.machine)?.states.find(({ id }) => id === currentState)
  const command = state?.outputCommand
  if (command?.channel === undefined) return
  const id = `${sagaId}/${history.events.length - 1}/0`
  const { owed = [], delivered = [], deadLetters = [] } = document
  if (![...owed, ...delivered, ...deadLetters].some((one) => one.id === id))
    yield ['I2', `the command "${id}" of "${currentState}" is neither owed nor delivered nor given up`]
}

/** Earlier versions kept neither the instant of the entry nor deliveries, nor did Flow Manager. */
function keepsTraces(document: SagaDocument, newest: EventEntry): boolean {
  const { history, stateSince, metadata } = document
  const { operations = [] } = history
  const isByHand = newest.operation !== undefined || newest.renamedFrom !== undefined
  const isOurs = newest.machine !== undefined && stateSince !== undefined
  const hasKeys = newest.changed !== undefined || history.events.length === 1
  const isDropped = operations.some(({ action }) => action === 'drop-dead-letter')
  const isWhole = isSmall(operations, OPERATIONS) && isSmall(metadata, METADATA)
  return isOurs && hasKeys && !isByHand && !isDropped && isWhole
}

/** Characters from which records of operations may have been dropped, and from which a saga may meet the limit of its store. */
const [OPERATIONS, METADATA] = [8_192, 32_768]

function isSmall(value: unknown, most: number): boolean {
  return JSON.stringify(value).length <= most
}
