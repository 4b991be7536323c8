import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { Machine } from '../../api/machine.ts'
import { go } from '../../route.ts'
import { findIn } from './lit.ts'

interface SearchProps {
  readonly machine: Machine
  readonly query: Readonly<Record<string, string>>
}

/** Finds states, events and commands of the machine. */
export function Search({ machine, query }: SearchProps): VNode {
  const { q = '' } = query
  const found = findIn(machine, q)
  const enter = (event: Event) => {
    event.preventDefault()
    const [first] = found
    if (first !== undefined) go(addressOf([], { ...first.target }))
  }
  return (
    <search class="find">
      <form onSubmit={enter}>
        <label for="find" class="unseen">
          Find a state, an event or a command
        </label>
        <input
          id="find"
          type="search"
          placeholder="Find a state, an event, a command"
          autocomplete="off"
          value={q}
          onInput={(event) => go(addressOf([], { q: event.currentTarget.value }), { replace: true })}
        />
      </form>
      {q !== '' && (
        <ul class="found" aria-label="Found">
          {found.length === 0 && <li class="muted">Nothing has this name.</li>}
          {found.map(({ kind, name, target }) => (
            <li key={`${kind} ${name} ${JSON.stringify(target)}`}>
              <a href={addressOf([], { ...target })}>
                <bdi>{name.slice(0, 80)}</bdi> <small>{kind}</small>
              </a>
            </li>
          ))}
        </ul>
      )}
    </search>
  )
}
