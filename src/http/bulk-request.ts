import * as v from 'valibot'
import { nearestWord } from '../config/nearest-word.ts'
import type { BulkAction, BulkFilter } from '../orchestrator/bulk/bulk-operation.ts'
import type { FilterTexts } from './bulk-body.ts'
import { businessId, businessIdsIn } from './list-sagas.ts'
import { LIST_QUERY, unfitAnswer } from './list-query.ts'
import type { ShownConfiguration } from './unknown-names.ts'

/** The filter of a body by the rules of `GET /sagas`, or a sentence that names everything that is wrong with it. */
export function readBulkFilter(texts: FilterTexts, { machine }: ShownConfiguration): BulkFilter | string {
  const read = v.safeParse(LIST_QUERY, texts)
  if (!read.success) {
    return read.issues.map((issue) => `filter.${v.getDotPath(issue) ?? ''} ${issue.message}`).join('; ')
  }
  const unfit = unfitAnswer(read.output)
  if (unfit !== undefined) return `filter.${unfit}`
  const { cursor: _, limit: __, counts: ___, businessStateId, ...filter } = read.output
  return { ...filter, businessStateId: businessId(businessStateId, businessIdsIn(machine)) }
}

/** Why the machine of saga.json has no such action, whatever the saga; `undefined` where it has. */
export function unfitAction(action: BulkAction, { machine, configuration }: ShownConfiguration): string | undefined {
  if (action.kind === 'move' || action.kind === 'cancel') return unfitState(action, machine)
  if (action.kind !== 'redeliver' || action.channel === undefined) return undefined
  return unknownName('channel', action.channel, idsOf(configuration, 'communicationProtocols'))
}

function unfitState({ kind, state }: Extract<BulkAction, { state: string }>, machine: unknown): string | undefined {
  const states = entriesOf(machine, 'states')
  const unknown = unknownName('state', state, idsOf(machine, 'states'))
  if (unknown !== undefined || kind === 'move') return unknown
  const isFinal = states.some(({ id, isFinal }) => id === state && isFinal === true)
  return isFinal ? undefined : `state must be a final state of saga.json: found ${JSON.stringify(state)}, which is not`
}

function unknownName(what: string, name: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || names.includes(name)) return undefined
  const found = `found ${JSON.stringify(name.slice(0, 200))}`
  return `${what} must be a ${what} of saga.json: ${found}, the nearest is ${JSON.stringify(nearestWord(name, names))}`
}

interface NamedEntry {
  readonly id?: unknown
  readonly isFinal?: unknown
}

function entriesOf(value: unknown, key: string): readonly NamedEntry[] {
  const list = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key]
  return Array.isArray(list)
    ? list.filter((entry): entry is NamedEntry => typeof entry === 'object' && entry !== null)
    : []
}

function idsOf(value: unknown, key: string): readonly string[] {
  return entriesOf(value, key).flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
}
