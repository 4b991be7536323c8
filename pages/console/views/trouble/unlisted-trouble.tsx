import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { Channel } from '../../api/documents.ts'
import { useData } from '../../live/use-data.ts'
import { useWatchedTroubles, type WatchedTrouble, type WatchedTroubles } from '../../live/watched-troubles.ts'
import { Card } from '../../parts/card.tsx'
import { Notice } from '../../parts/text.tsx'
import { counted } from '../../text/counted.ts'
import { IdSearch } from '../sagas/id-search.tsx'
import { ChannelTroubles } from './channel-troubles.tsx'

/** The place for a store that cannot list: what it cannot show, and what it can. */
export function UnlistedTrouble({ store }: { readonly store: string }): VNode {
  const { data: channels } = useData<{ items: readonly Channel[] }>('channels', { every: 8000 })
  const watched = useWatchedTroubles()
  return (
    <>
      <div class="heading">
        <h1>Trouble</h1>
      </div>
      <Notice>
        The store {store} cannot list its sagas. So this page <b>cannot show</b> which of them were in trouble before it
        was opened, how many there are, or mend many at once. The log of the service names each one, with{' '}
        <span class="code">command.given-up</span> for example; look at it by its id under <a href="#/sagas">Sagas</a>.
      </Notice>
      <Notice>
        It <b>can show</b> channels that do not deliver
        {watched.stream === 'none'
          ? '. It cannot watch for trouble either: this service streams single sagas alone.'
          : ', and sagas that get into trouble while it is open, of the process that answers.'}
      </Notice>
      <ChannelTroubles channels={channels?.items ?? []} />
      {watched.stream === 'none' ? (
        <Card title="Find a saga">
          <div class="inner">
            <IdSearch canList={false} />
          </div>
        </Card>
      ) : (
        <Card title="Since this page was opened">
          <Watched watched={watched} />
        </Card>
      )}
    </>
  )
}

function Watched({ watched: { sagas, stream } }: { readonly watched: WatchedTroubles }): VNode {
  if (sagas.length === 0) return <p class="inner muted">{EMPTY[stream ?? 'trying']}</p>
  return (
    <ul class="rows">
      {sagas.map((saga) => (
        <li key={saga.sagaId}>
          <div class="grow">
            <a class="code" href={addressOf(['sagas', saga.sagaId])}>
              <bdi>{saga.sagaId.slice(0, 100)}</bdi>
            </a>{' '}
            <bdi>{saga.associatedEntityId?.slice(0, 100)}</bdi>{' '}
            <span class="muted">
              in <bdi>{saga.state.slice(0, 100)}</bdi>: {wordsOf(saga).join(', ')}
            </span>
          </div>
        </li>
      ))}
    </ul>
  )
}

const EMPTY = {
  trying: 'Opening the stream of all sagas …',
  none: '',
  live: 'No saga has got into trouble since.',
  over: 'The stream has ended: reload the page.',
} as const

function wordsOf({ deadLetters, parked, isHeld }: WatchedTrouble): readonly string[] {
  return [
    ...(deadLetters > 0 ? [counted(deadLetters, 'dead letter')] : []),
    ...(parked > 0 ? [counted(parked, 'parked event')] : []),
    ...(isHeld ? ['held'] : []),
  ]
}
