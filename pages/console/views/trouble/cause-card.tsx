import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { SagaSummary } from '../../api/documents.ts'
import { stateOf, type Machine } from '../../api/machine.ts'
import { useTask } from '../../live/use-task.ts'
import { counted } from '../../text/counted.ts'
import { groupsOf, hasAnswers, type AnswerGroup } from './answers.ts'
import { causeAddress, causeKey, type Cause, type TroubleKind } from './causes.ts'
import { remedyOf, type Remedy } from './remedies.ts'
import { readSagas, type LookedAt } from './read-trouble.ts'

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

const MOST_GROUPS = 12

/** One cause: how many sagas, where, their last answers, and the remedy for each answer and for all. */
export function CauseCard({ cause, machine, standing, onMend }: CauseCardProps): VNode {
  const { kind, channel, state, count } = cause
  const key = `${causeKey(cause)} ${count}`
  const looked = useTask({ key, run: (signal) => readSagas(cause, signal) })
  const groups = groupsOf(cause, looked?.sagas ?? [])
  const remedy = remedyOf(cause, stateOf(machine, state))
  const isBad = kind !== 'held' && kind !== 'parked'
  const props = { remedy, standing, onMend, isOnly: groups.length === 1 }
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
        {looked === undefined && <p class="muted">Reading their last answers …</p>}
        <ul class="answers">
          {groups.slice(0, MOST_GROUPS).map((group) => (
            <Group key={group.words} group={group} {...props} />
          ))}
        </ul>
        {looked && <Rest looked={looked} groups={groups} address={causeAddress(cause, standing)} />}
      </div>
      {onMend && remedy && mayMendAll(cause) && (
        <button type="button" class={isBad ? 'main' : ''} onClick={() => onMend(cause)}>
          {remedy.verb} all…
        </button>
      )}
    </article>
  )
}

/** The filter of dead events finds sagas with dead commands too: only with an answer does it find them alone. */
function mayMendAll({ kind }: Cause): boolean {
  return kind !== 'dead-events'
}

interface GroupProps extends Pick<CauseCardProps, 'standing' | 'onMend'> {
  readonly group: AnswerGroup
  readonly remedy: Remedy | undefined
  readonly isOnly: boolean
}

/** The sagas of one answer. */
function Group({ group: { cause, words, sagas }, remedy, standing, onMend, isOnly }: GroupProps): VNode {
  const isOwn = cause.answer !== undefined && (!isOnly || !mayMendAll(cause))
  return (
    <li>
      <b class="of">{sagas.length.toLocaleString('en')}</b>
      <span class="grow">
        <bdi class="code">{words}</bdi>
        <Samples sagas={sagas} />
        {isOwn && sagas.length > SHOWN && <a href={causeAddress(cause, standing)}>all of them</a>}
      </span>
      {onMend && remedy && isOwn && (
        <button type="button" class="quiet" onClick={() => onMend(cause)}>
          {remedy.verb} these…
        </button>
      )}
    </li>
  )
}

const SHOWN = 3

function Samples({ sagas }: { readonly sagas: readonly SagaSummary[] }): VNode {
  return (
    <>
      {sagas.slice(0, SHOWN).map(({ sagaId, associatedEntityId = '' }) => (
        <a key={sagaId} class="code" href={addressOf(['sagas', sagaId])}>
          <bdi>{(associatedEntityId || sagaId).slice(0, 40)}</bdi>
        </a>
      ))}
    </>
  )
}

interface RestProps {
  readonly looked: LookedAt
  readonly groups: readonly AnswerGroup[]
  readonly address: string
}

/** What the groups leave out. */
function Rest({ looked: { sagas, isAll }, groups, address }: RestProps): VNode {
  const left = groups.length - MOST_GROUPS
  return (
    <p class="muted samples">
      {groups.length === 0 && <Samples sagas={sagas} />}
      {left > 0 && <span>{counted(left, 'rarer answer')} more</span>}
      {!isAll && sagas.length > 0 && groups.some(({ cause }) => hasAnswers(cause)) && (
        <span>Of the newest {sagas.length.toLocaleString('en')}; a trial counts all of an answer.</span>
      )}
      <a href={address}>all of them</a>
    </p>
  )
}
