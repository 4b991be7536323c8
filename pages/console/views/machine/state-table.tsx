import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { StateNumbers } from '../../api/documents.ts'
import type { Machine } from '../../api/machine.ts'
import { Business } from '../../parts/business.tsx'
import { Card } from '../../parts/card.tsx'
import { Line } from '../../parts/text.tsx'
import { numberText } from '../../text/counted.ts'

interface StateTableProps {
  readonly machine: Machine
  readonly counts: readonly StateNumbers[] | undefined
  /** False where the store cannot count. */
  readonly hasNumbers: boolean
}

const COLUMNS = [
  { key: 'total', name: 'Sagas', has: undefined },
  { key: 'owed', name: 'Owed', has: 'owed' },
  { key: 'deadLetters', name: 'Dead', has: 'dead-letters' },
  { key: 'parked', name: 'Parked', has: 'parked' },
  { key: 'timers', name: 'Timers', has: 'timer' },
  { key: 'held', name: 'Held', has: 'hold' },
] as const

/** The states with their numbers; each number leads to its sagas. States that the machine lacks come last. */
export function StateTable({ machine, counts, hasNumbers }: StateTableProps): VNode {
  const byState = new Map((counts ?? []).map((one) => [one.state, one]))
  const known = new Set(machine.states.map(({ id }) => id))
  const columns = hasNumbers ? COLUMNS : []
  const others = (counts ?? []).filter(({ state }) => !known.has(state)).map(({ state }) => state)
  return (
    <Card title="States">
      <div class="scroll" tabIndex={0} role="group" aria-label="States with numbers">
        <table>
          <thead>
            <tr>
              <th scope="col">State</th>
              {columns.map(({ key, name }) => (
                <th key={key} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...machine.states.map(({ id }) => id), ...others].map((id) => (
              <tr key={id}>
                <th scope="row">
                  <a href={addressOf([], { state: id })}>
                    <Line text={id} />
                  </a>
                  {known.has(id) ? (
                    <Business machine={machine} id={machine.states.find((state) => state.id === id)?.businessStateId} />
                  ) : (
                    <span class="bad-text">not in the machine</span>
                  )}
                </th>
                {columns.map(({ key, has }) => (
                  <Count key={key} state={id} has={has} count={counts && (byState.get(id)?.[key] ?? 0)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

interface CountProps {
  readonly state: string
  readonly has: string | undefined
  readonly count: number | undefined
}

function Count({ state, has, count }: CountProps): VNode {
  if (count === undefined || count === 0) return <td class="number muted">{count ?? '–'}</td>
  return (
    <td class={has === 'dead-letters' ? 'number bad-text' : 'number'}>
      <a href={addressOf(['sagas'], { currentState: state, has })}>{numberText(count)}</a>
    </td>
  )
}
