import type { Corridor } from '../orchestrator/corridor.ts'
import type { ListQuery } from '../ports/persistency.ts'
import { nearestWord } from '../config/nearest-word.ts'

/** The machine and the configuration as `GET /machine-definition` and `GET /configuration` show them. */
export interface ShownConfiguration {
  readonly machine: unknown
  readonly configuration: unknown
}

/** Finds a filter that names a state or a channel in vain. Resolves with a sentence about it, or with `undefined`. */
export type FindUnknownName = (query: ListQuery) => Promise<string | undefined>

/** Names of saga.json that a filter may have. */
interface NamedFilter {
  readonly filter: 'currentState' | 'channel'
  readonly of: string
  readonly known: (shown: ShownConfiguration) => readonly string[]
}

const FILTERS: readonly NamedFilter[] = [
  { filter: 'currentState', of: 'state', known: ({ machine }) => idsIn(machine, 'states') },
  { filter: 'channel', of: 'channel', known: ({ configuration }) => idsIn(configuration, 'communicationProtocols') },
]

/**
 * A name that saga.json lacks is a mistake, unless a stored saga has it: sagas outlive the states and channels of a machine that
 * was changed, and are listed by them. The store is asked about names alone that saga.json lacks.
 */
export function unknownNames(corridor: Corridor, shown: ShownConfiguration): FindUnknownName {
  const known = new Map<string, readonly string[]>()
  return async (query) => {
    for (const { filter, of, known: knownIn } of FILTERS) {
      const name = query[filter]
      if (name === undefined) continue
      const names = known.get(filter) ?? knownIn(shown)
      known.set(filter, names)
      if (names.length === 0 || names.includes(name) || (await isStored(corridor, { [filter]: name }))) continue
      const found = `found ${JSON.stringify(name.slice(0, LONGEST))}`
      return `${filter} must be a ${of} of saga.json, or one that a saga has: ${found}, the nearest is ${JSON.stringify(nearestWord(name, names))}`
    }
    return undefined
  }
}

const LONGEST = 200

/** True also where the store cannot list, and where it has not looked at every saga. */
async function isStored(corridor: Corridor, filter: Omit<ListQuery, 'limit'>): Promise<boolean> {
  const page = await corridor.list({ ...filter, limit: 1 })
  return page === false || page.items.length > 0 || page.next !== undefined || (page.unreadable ?? []).length > 0
}

/** Ids of a list in a JSON value of any shape. */
export function idsIn(value: unknown, key: string): readonly string[] {
  const list = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key]
  if (!Array.isArray(list)) return []
  return list.map((entry: { id?: unknown } | null) => entry?.id).filter((id) => typeof id === 'string')
}
