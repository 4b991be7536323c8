import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { Channel } from '../../api/documents.ts'
import { uniqueBusinessStates, type Machine } from '../../api/machine.ts'
import { go } from '../../route.ts'
import { STANDING } from './list-path.ts'

interface FiltersProps {
  readonly machine: Machine
  /** Undefined before they are read. */
  readonly channels: readonly Channel[] | undefined
  readonly query: Readonly<Record<string, string>>
}

interface Choice {
  readonly name: string
  readonly label: string
  readonly any: string
  readonly options: readonly (readonly [string, string])[]
}

const MARKS = [
  ['dead-letters', 'dead letters'],
  ['owed', 'owed commands'],
  ['parked', 'parked events'],
  ['timer', 'a timer'],
  ['hold', 'a hold'],
] as const

/** The filters of the list; each is part of the address. */
export function Filters({ machine, channels, query }: FiltersProps): VNode {
  const set = (name: string, value: string) => go(addressOf(['sagas'], { ...query, cursor: undefined, [name]: value }))
  const { cursor: _, ...given } = query
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      {choicesOf(machine, channels).map(({ name, label, any, options }) => (
        <label key={name}>
          <span class="unseen">{label}</span>
          <select
            value={query[name] ?? ''}
            class={query[name] === undefined ? '' : 'is-set'}
            onChange={(event) => set(name, event.currentTarget.value)}
          >
            <option value="">{any}</option>
            {options.map(([value, text]) => (
              <option key={value} value={value}>
                {text.slice(0, 80)}
              </option>
            ))}
          </select>
        </label>
      ))}
      {Object.keys(given).length > 0 && <a href="#/sagas">Clear filters</a>}
    </form>
  )
}

function choicesOf(machine: Machine, channels: readonly Channel[] | undefined): readonly Choice[] {
  const business = uniqueBusinessStates(machine)
  const all: readonly Choice[] = [
    { name: 'currentState', label: 'State', any: 'Any state', options: machine.states.map(({ id }) => [id, id]) },
    {
      name: 'businessStateId',
      label: 'Business state',
      any: 'Business: any',
      options: business.map(({ id, description }) => [String(id), description ?? String(id)]),
    },
    {
      name: 'isFinal',
      label: 'End',
      any: 'Live or ended',
      options: [
        ['false', 'Live'],
        ['true', 'Ended'],
      ],
    },
    {
      name: 'has',
      label: 'Mark',
      any: 'Any mark',
      options: MARKS.map(([id, text]) => [id, `With ${text}`]),
    },
    { name: 'channel', label: 'Channel', any: 'Any channel', options: (channels ?? []).map(({ id }) => [id, id]) },
    {
      name: 'standing',
      label: 'Standing longer than',
      any: 'Standing: any',
      options: STANDING.map(([seconds, text]) => [seconds, `Standing over ${text}`]),
    },
  ]
  // The place of the channels is kept while they are read, so that nothing moves.
  return all.filter(({ name, options }) => options.length > 0 || (name === 'channel' && channels === undefined))
}
