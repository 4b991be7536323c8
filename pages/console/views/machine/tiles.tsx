import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { StateNumbers } from '../../api/documents.ts'
import type { Machine } from '../../api/machine.ts'
import { useNow } from '../../parts/time.tsx'
import { numberText } from '../../text/counted.ts'
import { durationText } from '../../text/time.ts'
import { useRates } from './rates.ts'

interface TilesProps {
  readonly counts: readonly StateNumbers[] | undefined
  readonly machine: Machine
  readonly canCount: boolean
}

/** The service in numbers; a number of sagas leads to them. */
export function Tiles({ counts, machine, canCount }: TilesProps): VNode {
  const rates = useRates()
  const sum = (key: 'owed' | 'deadLetters' | 'parked' | 'held') => counts?.reduce((total, one) => total + one[key], 0)
  const final = new Set(machine.states.filter(({ isFinal }) => isFinal).map(({ id }) => id))
  const total = (isFinal: boolean) =>
    counts?.filter(({ state }) => final.has(state) === isFinal).reduce((all, one) => all + one.total, 0)
  const oldest = counts?.flatMap(({ oldestDebt }) => oldestDebt ?? []).toSorted()[0]
  return (
    <ul class="tiles" aria-label="The service in numbers">
      {canCount && <Tile name="Running" value={total(false)} to={addressOf(['sagas'], { isFinal: 'false' })} />}
      {canCount && <Tile name="Ended" value={total(true)} to={addressOf(['sagas'], { isFinal: 'true' })} />}
      <Tile name="Steps a second" value={rates?.steps} />
      <Tile name="Failed sends, 5 m" value={rates?.failures} isBad />
      {canCount && (
        <Tile name="Owed commands" value={sum('owed')} to={addressOf(['sagas'], { has: 'owed' })} oldest={oldest} />
      )}
      {canCount && <Tile name="Dead letters" value={sum('deadLetters')} to={addressOf(['trouble'])} isBad />}
      {canCount && <Tile name="Parked events" value={sum('parked')} to={addressOf(['sagas'], { has: 'parked' })} />}
      {rates?.lag !== undefined && <Tile name="Lag of the group" value={rates.lag} />}
    </ul>
  )
}

interface TileProps {
  readonly name: string
  readonly value: number | undefined
  readonly to?: string
  readonly isBad?: boolean
  readonly oldest?: string | undefined
}

function Tile({ name, value, to, isBad = false, oldest }: TileProps): VNode {
  const text = value === undefined ? '–' : numberText(value)
  return (
    <li class={isBad && (value ?? 0) > 0 ? 'tile bad-text' : 'tile'}>
      <span>{name}</span>
      {to !== undefined && (value ?? 0) > 0 ? <a href={to}>{text}</a> : <b>{text}</b>}
      {oldest !== undefined && <Oldest at={oldest} />}
    </li>
  )
}

function Oldest({ at }: { readonly at: string }): VNode {
  const now = useNow()
  return <small title={at}>oldest {durationText(now - Date.parse(at))}</small>
}
