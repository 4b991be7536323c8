import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import { stateOf, type Machine } from '../../api/machine.ts'
import { useTask } from '../../live/use-task.ts'
import { counted } from '../../text/counted.ts'
import { answersOf } from './answers.ts'
import { causeAddress, causeKey, type Cause, type TroubleKind } from './causes.ts'
import { remedyOf } from './remedies.ts'
import { readSamples } from './read-trouble.ts'

interface CauseCardProps {
  readonly cause: Cause
  readonly machine: Machine
  readonly standing: string
  readonly onMend: ((cause: Cause) => void) | undefined
}

const SENTENCES: Readonly<Record<TroubleKind, string>> = {
  'dead-letters': 'commands were given up',
  'dead-events': 'events could not be applied',
  failing: 'commands are refused again and again',
  standing: 'no event has come',
  held: 'an operator holds it',
  parked: 'events came early and still wait',
}

/** One cause: how many sagas, where, the last answers, and the remedy. */
export function CauseCard({ cause, machine, standing, onMend }: CauseCardProps): VNode {
  const { kind, channel, state, count } = cause
  const key = `${causeKey(cause)} ${count}`
  const samples = useTask({ key, run: (signal) => readSamples(cause, signal) })
  const remedy = remedyOf(cause, stateOf(machine, state))
  const isBad = kind !== 'held' && kind !== 'parked'
  return (
    <article class={isBad ? 'cause bad' : 'cause'} aria-label={`${counted(count, 'saga')} in ${state.slice(0, 100)}`}>
      <p class="count">{count.toLocaleString('en')}</p>
      <div class="grow">
        <h2>
          <bdi>{state.slice(0, 120)}</bdi>
          <span>
            {SENTENCES[kind]}
            {channel !== undefined && (
              <>
                {' · '}
                <bdi>{channel.slice(0, 80)}</bdi>
              </>
            )}
          </span>
        </h2>
        <ul class="answers">
          {samples === undefined && <li class="muted">Reading their last answers …</li>}
          {answersOf(cause, samples ?? [])
            .slice(0, 4)
            .map(({ words, count: having }) => (
              <li key={words}>
                <bdi class="code">{words}</bdi>{' '}
                <span class="muted">{shareText(having, samples?.length ?? 0, count)}</span>
              </li>
            ))}
        </ul>
        <p class="muted samples">
          {samples?.slice(0, 3).map(({ sagaId, associatedEntityId }) => (
            <a key={sagaId} class="code" href={addressOf(['sagas', sagaId])}>
              <bdi>{(associatedEntityId || sagaId).slice(0, 40)}</bdi>
            </a>
          ))}
          <a href={causeAddress(cause, standing)}>{count === 1 ? 'in the list' : `all ${counted(count, 'saga')}`}</a>
        </p>
      </div>
      {onMend && remedy && (
        <button type="button" class={isBad ? 'main' : ''} onClick={() => onMend(cause)}>
          {remedy.verb} all…
        </button>
      )}
    </article>
  )
}

/** How many sagas of the cause have an answer, as far as they were read. */
function shareText(having: number, read: number, all: number): string {
  const most = having === read ? 'all' : String(having)
  return read < all ? `${most} of the ${read} that were read` : `${most} of them`
}
